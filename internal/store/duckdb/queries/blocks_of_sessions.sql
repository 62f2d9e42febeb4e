SELECT
--: block_columns
FROM blocks b
WHERE
--: blocks_received
    AND b.session_id IN (SELECT unnest($session_ids::VARCHAR[]))
ORDER BY b.session_id, b.window_id, b.first_ms, b.received_ms, b.uuid;
