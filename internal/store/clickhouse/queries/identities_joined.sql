-- Each pair of ids that facts join, once, and, for joined ids with their own name or address, one of each.
SELECT * FROM (
    SELECT id, other_id, '' AS name, '' AS email FROM identities WHERE project = {project:String} AND other_id <> '' GROUP BY id, other_id
    UNION ALL
    SELECT id, '' AS other_id, max(i.name) AS name, max(i.email) AS email FROM identities AS i
    WHERE project = {project:String} AND other_id = '' AND (i.name <> '' OR i.email <> '')
        AND id GLOBAL IN (SELECT other_id FROM identities WHERE project = {project:String} AND other_id <> '')
    GROUP BY id
)
LIMIT {limit:UInt64};
