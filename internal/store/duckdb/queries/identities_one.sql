-- identities of one id, for less than half of what planning the joins takes.
SELECT uuid, time_ms, id, other_id, name, email
FROM identities
WHERE id = $id OR (other_id <> '' AND other_id = $id)
ORDER BY time_ms, uuid, id, other_id;
