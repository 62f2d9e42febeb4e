DELETE FROM blocks WHERE rowid IN (SELECT rowid FROM blocks WHERE last_ms < $before_ms LIMIT $rows);
