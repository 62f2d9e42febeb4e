INSERT INTO events (uuid, sort_ms, version, name, kind, time_ms, received_ms, sent_ms, distinct_id, personless, session_id, window_id,
    url, recording_status, library, trace_id, span_id, parent_id, conversation_id, title, model, provider, start_ms, latency_ms,
    first_token_ms, input_tokens, output_tokens, total_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens, http_status,
    is_error, error, stop_reason, input_preview, output_preview, metric_name, metric_value, truncated, untimed)
