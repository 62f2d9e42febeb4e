SELECT
--: activity_columns
FROM activity a
WHERE
--: activity_received
    AND a.position = -1 AND (a.label <> '' OR a.detail <> '')
ORDER BY a.at_ms, a.uuid
LIMIT $limit;
