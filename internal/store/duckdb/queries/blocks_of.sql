SELECT
--: block_columns
FROM blocks b SEMI JOIN
--: keys
ON k.project = b.project AND k.uuid = b.uuid;
