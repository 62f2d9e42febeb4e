SELECT
--: block_columns
FROM blocks b
WHERE b.rowid >= $from_row AND b.rowid < $to_row
ORDER BY b.rowid;
