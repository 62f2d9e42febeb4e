-- The generations and embeddings that match and come before the cursor, among the newest $rows that pass what of the
-- filter is not text. Searching text costs a thousand times as much as the rest.
WITH newest AS MATERIALIZED (
--: newest_generations
), hits AS (
--: hits
)
SELECT e.uuid, e.time_ms, (SELECT count(*) FROM newest) AS rows
FROM events e LEFT JOIN hits h ON h.uuid = e.uuid
WHERE e.project = $project AND e.time_ms >= $text_from_ms AND e.uuid IN (SELECT uuid FROM newest)
    AND ($text = '' OR h.uuid IS NOT NULL
--: event_text
    )
ORDER BY e.time_ms DESC, e.uuid DESC
LIMIT $limit;
