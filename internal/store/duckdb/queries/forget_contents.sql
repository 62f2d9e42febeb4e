DELETE FROM contents WHERE rowid IN (SELECT rowid FROM contents WHERE project = $project AND time_ms < $before_ms LIMIT $rows);
