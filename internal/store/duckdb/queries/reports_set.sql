UPDATE events SET
    kind = told.kind, start_ms = told.start_ms, latency_ms = told.latency_ms, first_token_ms = told.first_token_ms,
    tools = told.tools, mcp_server = told.mcp_server, input_tokens = told.input_tokens, output_tokens = told.output_tokens,
    total_tokens = told.total_tokens, cache_read_tokens = told.cache_read_tokens, cache_write_tokens = told.cache_write_tokens, reasoning_tokens = told.reasoning_tokens,
    cache_write_1h_tokens = told.cache_write_1h_tokens, cache_read_audio_tokens = told.cache_read_audio_tokens, audio_input_tokens = told.audio_input_tokens, audio_output_tokens = told.audio_output_tokens,
    image_input_tokens = told.image_input_tokens, image_output_tokens = told.image_output_tokens, service_tier = told.service_tier, cost_state = told.cost_state,
    cost_nanos = told.cost_nanos, price = told.price
FROM (
    SELECT unnest($projects::VARCHAR[]) AS project, unnest($uuids::VARCHAR[])::UUID AS uuid,
        unnest($kinds::BIGINT[])::UTINYINT AS kind, unnest($starts::BIGINT[]) AS start_ms, unnest($latencies::DOUBLE[]) AS latency_ms,
        unnest($first_tokens::DOUBLE[]) AS first_token_ms, unnest($tools::VARCHAR[]) AS tools, unnest($servers::VARCHAR[]) AS mcp_server,
        unnest($inputs::BIGINT[]) AS input_tokens, unnest($outputs::BIGINT[]) AS output_tokens, unnest($totals::BIGINT[]) AS total_tokens,
        unnest($cache_reads::BIGINT[]) AS cache_read_tokens, unnest($cache_writes::BIGINT[]) AS cache_write_tokens, unnest($reasonings::BIGINT[]) AS reasoning_tokens,
        unnest($cache_writes_hour::BIGINT[]) AS cache_write_1h_tokens, unnest($cache_read_audios::BIGINT[]) AS cache_read_audio_tokens, unnest($audio_inputs::BIGINT[]) AS audio_input_tokens,
        unnest($audio_outputs::BIGINT[]) AS audio_output_tokens, unnest($image_inputs::BIGINT[]) AS image_input_tokens, unnest($image_outputs::BIGINT[]) AS image_output_tokens,
        unnest($tiers::VARCHAR[]) AS service_tier, unnest($states::BIGINT[])::UTINYINT AS cost_state, unnest($nanos::BIGINT[]) AS cost_nanos,
        unnest($prices::VARCHAR[]) AS price
) AS told
-- The begin may move, but to the front alone.
WHERE events.start_ms >= $from_ms AND events.start_ms <= $to_ms AND events.project = told.project AND events.uuid = told.uuid;
