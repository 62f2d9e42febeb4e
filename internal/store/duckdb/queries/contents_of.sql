SELECT c.uuid, c.time_ms, c.input, c.output, c.tools, c.properties
FROM contents c
WHERE c.time_ms >= $first_ms AND c.time_ms <= $last_ms AND c.uuid IN (SELECT unnest($uuids::VARCHAR[])::UUID);
