-- Generations and embeddings that began in a range, after a given one.
SELECT
--: event_columns
FROM events e
WHERE e.kind IN (1, 2) AND e.start_ms >= $from_ms AND e.start_ms < $to_ms
    AND (e.start_ms > $from_ms OR e.project > $project OR (e.project = $project AND e.uuid > $uuid::UUID))
ORDER BY e.start_ms, e.project, e.uuid
LIMIT $limit;
