SELECT id FROM identities WHERE project = $project AND (regexp_full_match(id, $pattern) OR regexp_full_match(name, $pattern) OR regexp_full_match(email, $pattern))
UNION
SELECT other_id FROM identities WHERE project = $project AND other_id <> '' AND regexp_full_match(other_id, $pattern)
ORDER BY id
LIMIT $limit;
