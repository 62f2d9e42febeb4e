SELECT
--: identity_columns
FROM identities i
WHERE i.rowid >= $from_row AND i.rowid < $to_row
ORDER BY i.rowid;
