-- Sums of the named traces. Kinds: 1 generation, 2 embedding, 3 span, 4 trace, 6 feedback (model.Kind). -1 is a token
-- count that was not reported; a sum without reported counts is -1, too.
SELECT
    e.trace_id,
    -- The name is that of an explicit trace, otherwise of the root, otherwise of the first event with a name.
    coalesce(
        arg_min(e.title, (e.start_ms, e.uuid)) FILTER (e.kind = 4 AND e.title <> ''),
        arg_min(e.title, (e.start_ms, e.uuid)) FILTER (e.kind IN (1, 2, 3) AND e.title <> '' AND e.parent_id IN ('', e.trace_id)),
        arg_min(e.title, (e.start_ms, e.uuid)) FILTER (e.kind IN (1, 2, 3) AND e.title <> ''), ''),
    coalesce(arg_min(e.conversation_id, (e.start_ms, e.uuid)) FILTER (e.conversation_id <> ''), ''),
    -- Calls have a start; a trace that has only other events has their times.
    coalesce(min(e.start_ms) FILTER (e.kind IN (1, 2, 3, 4)), min(e.time_ms)),
    coalesce(max(e.start_ms + greatest(e.latency_ms, 0)::BIGINT) FILTER (e.kind IN (1, 2, 3, 4)), max(e.time_ms)),
    max(e.time_ms),
    count(*) FILTER (e.kind IN (1, 2)),
    count(*) FILTER (e.kind = 3),
    -- A failed trace counts as one error together with its failed calls, not as one more.
    greatest(count(*) FILTER (e.is_error AND e.kind <> 4), bool_or(e.is_error)::BIGINT),
    greatest(count(*) FILTER (e.stopped AND e.kind <> 4), bool_or(e.stopped)::BIGINT),
    count(*) FILTER (e.kind = 6),
    coalesce(sum(e.latency_ms) FILTER (e.kind IN (1, 2) AND e.latency_ms > 0), 0),
    coalesce(sum(e.input_tokens) FILTER (e.kind IN (1, 2) AND e.input_tokens >= 0), -1)::BIGINT,
    coalesce(sum(e.output_tokens) FILTER (e.kind IN (1, 2) AND e.output_tokens >= 0), -1)::BIGINT,
    coalesce(sum(e.total_tokens) FILTER (e.kind IN (1, 2) AND e.total_tokens >= 0), -1)::BIGINT,
    coalesce(sum(e.cache_read_tokens) FILTER (e.kind IN (1, 2) AND e.cache_read_tokens >= 0), -1)::BIGINT,
    coalesce(sum(e.cache_write_tokens) FILTER (e.kind IN (1, 2) AND e.cache_write_tokens >= 0), -1)::BIGINT,
    coalesce(sum(e.reasoning_tokens) FILTER (e.kind IN (1, 2) AND e.reasoning_tokens >= 0), -1)::BIGINT,
    -- Costs of states 1 and 2 are known (model.CostState). Parents that repeat the usage of their children are spans, which have no cost.
    coalesce(sum(e.cost_nanos) FILTER (e.kind IN (1, 2) AND e.cost_state IN (1, 2)), -1)::BIGINT,
    count(*) FILTER (e.kind IN (1, 2) AND e.cost_state NOT IN (1, 2, 4)),
    coalesce(list_sort(list(DISTINCT e.model) FILTER (e.model <> '')), []),
    coalesce(arg_min(e.error, (e.start_ms, e.uuid)) FILTER (e.is_error AND e.error <> ''), ''),
    -- The first and the last generation, for their previews.
    coalesce(arg_min(e.uuid, (e.kind = 3, e.kind, e.start_ms, e.uuid)) FILTER (e.kind BETWEEN 1 AND 4), '00000000-0000-0000-0000-000000000000'::UUID),
    coalesce(arg_min(e.time_ms, (e.kind = 3, e.kind, e.start_ms, e.uuid)) FILTER (e.kind BETWEEN 1 AND 4), 0),
    coalesce(arg_max(e.uuid, (e.kind <> 3, 10 - e.kind, e.start_ms, e.uuid)) FILTER (e.kind BETWEEN 1 AND 4), '00000000-0000-0000-0000-000000000000'::UUID),
    coalesce(arg_max(e.time_ms, (e.kind <> 3, 10 - e.kind, e.start_ms, e.uuid)) FILTER (e.kind BETWEEN 1 AND 4), 0),
    bool_or(e.truncated)
FROM events e
WHERE
--: events_received
    AND e.trace_id IN (SELECT unnest($trace_ids::VARCHAR[]))
GROUP BY e.trace_id;
