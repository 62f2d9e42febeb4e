SELECT
--: block_columns
FROM blocks b ANTI JOIN (
    SELECT project, uuid FROM activity WHERE received_ms >= $from_ms AND received_ms < $to_ms AND position = -1 AND rules = $rules
) a ON a.project = b.project AND a.uuid = b.uuid
WHERE b.received_ms >= $from_ms AND b.received_ms < $to_ms
LIMIT $limit;
