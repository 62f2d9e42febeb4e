SELECT count() > 0 FROM (
    SELECT 1 FROM events WHERE project = {project:String} AND distinct_id = {id:String} LIMIT 1
    UNION ALL
    SELECT 1 FROM blocks WHERE project = {project:String} AND distinct_id = {id:String} LIMIT 1
);
