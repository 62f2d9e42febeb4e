-- With every copy: FINAL takes twice as long.
SELECT
--: experience_columns
    , x.version
FROM experiences AS x
WHERE x.project = {project:String} AND x.rules = {rules:Int32} AND x.trace_id IN {trace_ids:Array(String)} AND x.uuid IN {uuids:Array(UUID)};
