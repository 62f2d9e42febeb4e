SELECT DISTINCT id FROM (
    SELECT id FROM identities WHERE project = {project:String} AND (id LIKE {pattern:String} OR name LIKE {pattern:String} OR email LIKE {pattern:String})
    UNION ALL
    SELECT other_id FROM identities WHERE project = {project:String} AND other_id <> '' AND other_id LIKE {pattern:String}
)
ORDER BY id
LIMIT {limit:UInt64};
