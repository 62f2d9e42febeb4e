-- The time of about the $rows-th newest LLM event, and how many events there are. It need not be exact: the queries that use it are
-- right for every edge.
SELECT coalesce(min(time_ms), 0), count(*) FROM (
    SELECT time_ms FROM events
    WHERE project = $project AND kind <> 0 AND ($before_ms = 0 OR time_ms <= $before_ms)
    ORDER BY time_ms DESC LIMIT $rows
);
