SELECT id FROM (
    SELECT distinct_id AS id FROM events WHERE project = $project AND contains(lower(distinct_id), lower($text))
    UNION
    SELECT distinct_id FROM blocks WHERE project = $project AND contains(lower(distinct_id), lower($text))
    UNION
    SELECT id FROM identities
    WHERE project = $project AND (contains(lower(id), lower($text)) OR contains(lower(name), lower($text)) OR contains(lower(email), lower($text)))
    UNION
    SELECT other_id FROM identities WHERE project = $project AND contains(lower(other_id), lower($text))
)
WHERE id <> ''
ORDER BY id
LIMIT $limit;
