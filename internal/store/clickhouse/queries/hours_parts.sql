-- The parts that have rows of a project. shardNum() is 0 on one server.
SELECT DISTINCT 0 AS source, shardNum() AS shard, _part FROM events WHERE project = {project:String}
UNION ALL
SELECT DISTINCT 1 AS source, shardNum() AS shard, _part FROM links WHERE project = {project:String};
