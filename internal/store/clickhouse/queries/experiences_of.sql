SELECT
--: experience_columns
FROM experiences AS x FINAL
WHERE x.project = {project:String} AND x.rules = {rules:Int32} AND x.trace_id IN {trace_ids:Array(String)} AND x.uuid IN {uuids:Array(UUID)};
