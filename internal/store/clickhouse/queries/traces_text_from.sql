-- The time of the oldest content of the traces that traces_newest reads. A trace may be much older than its last event.
SELECT min(time_ms) FROM events
WHERE project = {project:String} AND trace_id GLOBAL IN (
--: newest_traces
);
