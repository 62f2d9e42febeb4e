-- With every copy: FINAL takes twice as long.
SELECT
--: link_columns
    , l.version
FROM links AS l
WHERE l.project = {project:String} AND l.rules = {rules:Int32} AND l.trace_id IN {trace_ids:Array(String)} AND l.uuid IN {uuids:Array(UUID)};
