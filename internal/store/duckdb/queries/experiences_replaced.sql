-- The rows that are about to be replaced.
DELETE FROM experiences USING (
    SELECT unnest($projects::VARCHAR[]) AS project, unnest($trace_ids::VARCHAR[]) AS trace_id, unnest($uuids::VARCHAR[])::UUID AS uuid,
        unnest($rules::INTEGER[]) AS rules
) AS k
WHERE experiences.received_ms >= $from_ms AND experiences.project = k.project AND experiences.trace_id = k.trace_id AND experiences.uuid = k.uuid
    AND experiences.rules = k.rules;
