-- A time down to which about $rows of the newest LLM events go, and how many there are. Any time would do: what is asked with it is
-- right for every edge.
SELECT coalesce(min(time_ms), 0), count(*) FROM (
    SELECT time_ms FROM events
    WHERE project = $project AND kind <> 0 AND ($before_ms = 0 OR time_ms <= $before_ms)
    ORDER BY time_ms DESC LIMIT $rows
);
