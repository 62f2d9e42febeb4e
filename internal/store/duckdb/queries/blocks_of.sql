SELECT
--: block_columns
FROM blocks b
WHERE b.uuid IN (SELECT unnest($uuids::VARCHAR[])::UUID);
