    e.uuid, e.name, e.kind, e.time_ms, e.received_ms, e.sent_ms, e.distinct_id, e.personless, e.session_id, e.window_id,
    e.url, e.recording_status, e.library, e.trace_id, e.span_id, e.parent_id, e.conversation_id, e.title, e.model, e.provider,
    e.start_ms, e.latency_ms, e.first_token_ms, e.input_tokens, e.output_tokens, e.total_tokens, e.cache_read_tokens,
    e.cache_write_tokens, e.reasoning_tokens, e.http_status, e.is_error, e.error, e.stop_reason, e.input_preview,
    e.output_preview, e.metric_name, e.metric_value, e.truncated, e.untimed
