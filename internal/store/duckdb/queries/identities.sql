SELECT
--: identity_columns
FROM identities i
WHERE i.project = $project
    AND (i.id IN (SELECT unnest($ids::VARCHAR[])) OR (i.other_id <> '' AND i.other_id IN (SELECT unnest($ids::VARCHAR[]))))
ORDER BY i.time_ms, i.uuid, i.id, i.other_id;
