-- Light rows by uuid, all of which lie between two times.
SELECT
--: event_columns
FROM events e
WHERE e.time_ms >= $first_ms AND e.time_ms <= $last_ms AND e.uuid IN (SELECT unnest($uuids::VARCHAR[])::UUID)
ORDER BY e.time_ms DESC, e.uuid DESC;
