-- Light rows by their keys, with times in a range.
SELECT
--: event_columns
FROM events e SEMI JOIN
--: keys
ON k.project = e.project AND k.uuid = e.uuid
WHERE e.time_ms >= $first_ms AND e.time_ms <= $last_ms
ORDER BY e.time_ms DESC, e.uuid DESC;
