-- Those in whose place others are about to be stored, and which were derived before them.
DELETE FROM links USING (
    SELECT unnest($projects::VARCHAR[]) AS project, unnest($trace_ids::VARCHAR[]) AS trace_id, unnest($uuids::VARCHAR[])::UUID AS uuid,
        unnest($rules::INTEGER[]) AS rules
) AS k
WHERE links.received_ms >= $from_ms AND links.project = k.project AND links.trace_id = k.trace_id AND links.uuid = k.uuid AND links.rules = k.rules;
