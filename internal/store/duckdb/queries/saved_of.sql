SELECT
--: saved_columns
FROM saved s SEMI JOIN
--: keys
ON k.project = s.project AND k.uuid = s.uuid;
