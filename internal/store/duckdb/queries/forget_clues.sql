DELETE FROM clues WHERE rowid IN (SELECT rowid FROM clues WHERE project = $project AND time_ms < $before_ms LIMIT $rows);
