DELETE FROM blocks WHERE rowid IN (SELECT rowid FROM blocks WHERE project = $project AND last_ms < $before_ms LIMIT $rows);
