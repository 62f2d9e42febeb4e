SELECT id FROM identities WHERE project = $project AND (id LIKE $pattern ESCAPE '\' OR name LIKE $pattern ESCAPE '\' OR email LIKE $pattern ESCAPE '\')
UNION
SELECT other_id FROM identities WHERE project = $project AND other_id <> '' AND other_id LIKE $pattern ESCAPE '\'
ORDER BY id
LIMIT $limit;
