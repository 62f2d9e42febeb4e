SELECT EXISTS (SELECT 1 FROM events WHERE project = $project AND distinct_id = $id) OR EXISTS (SELECT 1 FROM blocks WHERE project = $project AND distinct_id = $id);
