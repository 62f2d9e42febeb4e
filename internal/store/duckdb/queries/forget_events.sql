DELETE FROM events WHERE rowid IN (SELECT rowid FROM events WHERE project = $project AND time_ms < $before_ms LIMIT $rows);
