-- Links of traces and of events outside of traces, all derived from data received after a time.
SELECT
--: link_columns
FROM links l
WHERE l.received_ms >= $from_ms AND l.project = $project AND l.rules = $rules
    AND l.trace_id IN (SELECT unnest($trace_ids::VARCHAR[]))
    AND (l.trace_id <> '' OR l.uuid IN (SELECT unnest($uuids::VARCHAR[])::UUID));
