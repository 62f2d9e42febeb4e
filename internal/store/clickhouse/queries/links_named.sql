SELECT
--: link_columns
FROM links AS l FINAL
WHERE l.project = {project:String} AND l.rules = {rules:Int32} AND l.trace_id IN {trace_ids:Array(String)} AND l.uuid IN {uuids:Array(UUID)};
