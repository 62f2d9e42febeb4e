SELECT
--: block_columns
FROM blocks b
WHERE
--: blocks_received
    AND b.session_id = $session_id AND b.window_id = $window_id
ORDER BY b.first_ms, b.uuid;
