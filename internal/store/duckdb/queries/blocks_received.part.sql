        b.project = $project AND b.received_ms >= $block_received_from AND b.received_ms <= $block_received_to
