DELETE FROM experiences WHERE rowid IN (SELECT rowid FROM experiences WHERE project = $project AND time_ms < $before_ms LIMIT $rows);
