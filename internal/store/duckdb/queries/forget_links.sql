DELETE FROM links WHERE rowid IN (SELECT rowid FROM links WHERE project = $project AND time_ms < $before_ms LIMIT $rows);
