-- The time of the oldest content of the sessions that sessions_newest reads.
SELECT min(time_ms) FROM events
WHERE project = {project:String} AND session_id GLOBAL IN (
--: newest_sessions
);
