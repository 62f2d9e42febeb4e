-- Each pair of ids that facts join, once, and, for joined ids with their own name or address, one of each.
SELECT id, other_id, '' AS name, '' AS email FROM identities WHERE project = $project AND other_id <> '' GROUP BY id, other_id
UNION ALL
SELECT id, '', max(name), max(email) FROM identities
WHERE project = $project AND other_id = '' AND (name <> '' OR email <> '')
    AND id IN (SELECT other_id FROM identities WHERE project = $project AND other_id <> '')
GROUP BY id
LIMIT $limit;
