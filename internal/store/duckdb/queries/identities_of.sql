-- Every fact in events, by the events' keys.
SELECT
--: identity_columns
FROM identities i SEMI JOIN
--: keys
ON k.project = i.project AND k.uuid = i.uuid;
