-- The rows that are about to be replaced.
DELETE FROM activity USING (
    SELECT unnest($projects::VARCHAR[]) AS project, unnest($uuids::VARCHAR[])::UUID AS uuid, unnest($positions::BIGINT[]) AS position, unnest($rules::INTEGER[]) AS rules
) AS k
WHERE activity.received_ms >= $from_ms AND activity.received_ms <= $to_ms AND activity.project = k.project AND activity.uuid = k.uuid
    AND activity.position = k.position AND activity.rules = k.rules;
