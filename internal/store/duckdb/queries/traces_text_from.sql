-- How far back the contents go of the traces that traces_newest looks at. A trace may be much older than its last event.
SELECT coalesce(min(time_ms), 0) FROM events WHERE trace_id IN (
    SELECT trace_id FROM (
        SELECT trace_id, time_ms FROM events
        WHERE trace_id <> '' AND ($before_ms = 0 OR time_ms <= $before_ms)
        ORDER BY time_ms DESC LIMIT $rows
    )
);
