-- The rows that are about to be replaced by links that were derived later.
DELETE FROM links USING (
    SELECT unnest($projects::VARCHAR[]) AS project, unnest($trace_ids::VARCHAR[]) AS trace_id, unnest($uuids::VARCHAR[])::UUID AS uuid,
        unnest($rules::INTEGER[]) AS rules
) AS k
WHERE links.received_ms >= $from_ms AND links.project = k.project AND links.trace_id = k.trace_id AND links.uuid = k.uuid AND links.rules = k.rules;
