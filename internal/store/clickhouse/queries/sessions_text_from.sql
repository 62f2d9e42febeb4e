-- How far back the contents go of the sessions that sessions_newest looks at.
SELECT min(time_ms) FROM events
WHERE project = {project:String} AND session_id GLOBAL IN (
--: newest_sessions
);
