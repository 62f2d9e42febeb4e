DELETE FROM refusals WHERE rowid IN (SELECT rowid FROM refusals WHERE last_ms < $before_ms LIMIT $rows);
