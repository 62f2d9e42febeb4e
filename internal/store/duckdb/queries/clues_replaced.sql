-- All clues of the blocks and traces whose clues are about to be replaced.
DELETE FROM clues USING (
    SELECT unnest($projects::VARCHAR[]) AS project, unnest($uuids::VARCHAR[])::UUID AS uuid, unnest($rules::INTEGER[]) AS rules
) AS k
WHERE clues.time_ms >= $from_ms AND clues.time_ms <= $to_ms AND clues.project = k.project AND clues.uuid = k.uuid AND clues.rules = k.rules;
