        a.project = $project AND a.received_ms >= $block_received_from AND a.received_ms <= $block_received_to AND a.rules = $rules AND a.session_id = $session_id
