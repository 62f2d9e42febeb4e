DELETE FROM activity WHERE rowid IN (SELECT rowid FROM activity WHERE project = $project AND time_ms < $before_ms LIMIT $rows);
