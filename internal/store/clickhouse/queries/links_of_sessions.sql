-- Links that lead to sessions.
SELECT
--: link_columns
FROM links AS l FINAL
WHERE l.project = {project:String} AND l.rules = {rules:Int32} AND l.session_id IN {session_ids:Array(String)} AND l.state = 'linked';
