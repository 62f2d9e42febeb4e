SELECT DISTINCT id FROM (
    SELECT DISTINCT distinct_id AS id FROM events WHERE project = {project:String} AND position(lowerUTF8(distinct_id), lowerUTF8({text:String})) > 0
    UNION ALL
    SELECT DISTINCT distinct_id FROM blocks WHERE project = {project:String} AND position(lowerUTF8(distinct_id), lowerUTF8({text:String})) > 0
    UNION ALL
    SELECT DISTINCT id FROM identities
    WHERE project = {project:String} AND (position(lowerUTF8(id), lowerUTF8({text:String})) > 0
        OR position(lowerUTF8(name), lowerUTF8({text:String})) > 0 OR position(lowerUTF8(email), lowerUTF8({text:String})) > 0)
    UNION ALL
    SELECT DISTINCT other_id FROM identities WHERE project = {project:String} AND position(lowerUTF8(other_id), lowerUTF8({text:String})) > 0
)
WHERE id <> ''
ORDER BY id
LIMIT {limit:UInt64};
