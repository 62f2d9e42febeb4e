-- Links of traces, none of which was derived of what was received before a time, and of events outside of traces.
SELECT
--: link_columns
FROM links l
WHERE l.received_ms >= $from_ms AND l.project = $project AND l.rules = $rules
    AND l.trace_id IN (SELECT unnest($trace_ids::VARCHAR[]))
    AND (l.trace_id <> '' OR l.uuid IN (SELECT unnest($uuids::VARCHAR[])::UUID));
