SELECT
--: saved_columns
FROM saved s
WHERE s.rowid >= $from_row AND s.rowid < $to_row
ORDER BY s.rowid;
