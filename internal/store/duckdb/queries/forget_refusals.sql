DELETE FROM refusals WHERE rowid IN (SELECT rowid FROM refusals WHERE project = $project AND last_ms < $before_ms LIMIT $rows);
