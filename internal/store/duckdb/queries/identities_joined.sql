SELECT
--: identity_columns
FROM identities i
WHERE i.project = $project AND i.other_id <> ''
LIMIT $limit;
