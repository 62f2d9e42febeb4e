SELECT uuid, time_ms, id, other_id, name, email
FROM identities
WHERE id IN (SELECT unnest($ids::VARCHAR[])) OR (other_id <> '' AND other_id IN (SELECT unnest($ids::VARCHAR[])))
ORDER BY time_ms, uuid, id, other_id;
