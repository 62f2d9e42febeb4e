-- Copies of rows do not matter. A block and its activity are on the same shard.
SELECT
--: block_columns
FROM blocks AS b FINAL
WHERE b.received_ms >= {from_ms:Int64} AND b.received_ms < {to_ms:Int64} AND (b.project, b.uuid) GLOBAL NOT IN (
    SELECT project, uuid FROM activity
    WHERE received_ms >= {from_ms:Int64} AND received_ms < {to_ms:Int64} AND position = -1 AND rules = {rules:Int32}
)
LIMIT {limit:UInt64};
