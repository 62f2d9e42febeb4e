-- contents_of for so few of one project that comparing each with each takes less than a join: 2 ms instead of 5.
SELECT
--: content_columns
FROM contents c
WHERE c.project = $project AND c.time_ms >= $first_ms AND c.time_ms <= $last_ms AND list_contains($uuids::VARCHAR[]::UUID[], c.uuid);
