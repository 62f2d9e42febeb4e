-- Experiences of traces and of generations outside of traces, all derived from data received after a time.
SELECT
--: experience_columns
FROM experiences x
WHERE x.received_ms >= $from_ms AND x.project = $project AND x.rules = $rules
    AND x.trace_id IN (SELECT unnest($trace_ids::VARCHAR[])) AND x.uuid IN (SELECT unnest($uuids::VARCHAR[])::UUID);
