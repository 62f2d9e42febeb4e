SELECT
--: content_columns
FROM contents c SEMI JOIN
--: keys
ON k.project = c.project AND k.uuid = c.uuid
WHERE c.time_ms >= $first_ms AND c.time_ms <= $last_ms;
