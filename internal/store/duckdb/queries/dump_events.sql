SELECT
--: event_columns
FROM events e
WHERE e.rowid >= $from_row AND e.rowid < $to_row
ORDER BY e.rowid;
