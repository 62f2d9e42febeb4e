-- Sums of the named traces. Kinds: 1 generation, 2 embedding, 3 span, 4 trace, 6 feedback (model.Kind). -1 is a token
-- count that was not reported; a sum without reported counts is -1, too. A uuid is compared as its 16 bytes, because UUIDs
-- themselves are ordered by their second half.
SELECT
    e.trace_id,
    -- The name is that of an explicit trace, otherwise of the root, otherwise of the first event with a name.
    multiIf(
        countIf(e.kind = 4 AND e.title <> '') > 0,
            argMinIf(e.title, (e.start_ms, UUIDToNum(e.uuid)), e.kind = 4 AND e.title <> ''),
        countIf(e.kind IN (1, 2, 3) AND e.title <> '' AND e.parent_id IN ('', e.trace_id)) > 0,
            argMinIf(e.title, (e.start_ms, UUIDToNum(e.uuid)), e.kind IN (1, 2, 3) AND e.title <> '' AND e.parent_id IN ('', e.trace_id)),
        argMinIf(e.title, (e.start_ms, UUIDToNum(e.uuid)), e.kind IN (1, 2, 3) AND e.title <> '')),
    argMinIf(e.conversation_id, (e.start_ms, UUIDToNum(e.uuid)), e.conversation_id <> ''),
    -- Calls have a start; a trace that has only other events has their times.
    if(countIf(e.kind IN (1, 2, 3, 4)) > 0, minIf(e.start_ms, e.kind IN (1, 2, 3, 4)), min(e.time_ms)),
    if(countIf(e.kind IN (1, 2, 3, 4)) > 0,
        maxIf(e.start_ms + toInt64(round(greatest(e.latency_ms, 0))), e.kind IN (1, 2, 3, 4)), max(e.time_ms)),
    max(e.time_ms),
    toInt64(countIf(e.kind IN (1, 2))),
    toInt64(countIf(e.kind = 3)),
    -- A failed trace counts as one error together with its failed calls, not as one more.
    toInt64(greatest(countIf(e.is_error AND e.kind <> 4), max(e.is_error))),
    toInt64(greatest(countIf(e.stopped AND e.kind <> 4), max(e.stopped))),
    toInt64(countIf(e.kind = 6)),
    sumIf(e.latency_ms, e.kind IN (1, 2) AND e.latency_ms > 0),
    if(countIf(e.kind IN (1, 2) AND e.input_tokens >= 0) > 0, sumIf(e.input_tokens, e.kind IN (1, 2) AND e.input_tokens >= 0), -1),
    if(countIf(e.kind IN (1, 2) AND e.output_tokens >= 0) > 0, sumIf(e.output_tokens, e.kind IN (1, 2) AND e.output_tokens >= 0), -1),
    if(countIf(e.kind IN (1, 2) AND e.total_tokens >= 0) > 0, sumIf(e.total_tokens, e.kind IN (1, 2) AND e.total_tokens >= 0), -1),
    if(countIf(e.kind IN (1, 2) AND e.cache_read_tokens >= 0) > 0,
        sumIf(e.cache_read_tokens, e.kind IN (1, 2) AND e.cache_read_tokens >= 0), -1),
    if(countIf(e.kind IN (1, 2) AND e.cache_write_tokens >= 0) > 0,
        sumIf(e.cache_write_tokens, e.kind IN (1, 2) AND e.cache_write_tokens >= 0), -1),
    if(countIf(e.kind IN (1, 2) AND e.reasoning_tokens >= 0) > 0,
        sumIf(e.reasoning_tokens, e.kind IN (1, 2) AND e.reasoning_tokens >= 0), -1),
    -- Costs of states 1 and 2 are known (model.CostState). Parents that repeat the usage of their children are spans, which have no cost.
    if(countIf(e.kind IN (1, 2) AND e.cost_state IN (1, 2)) > 0, sumIf(e.cost_nanos, e.kind IN (1, 2) AND e.cost_state IN (1, 2)), -1),
    toInt64(countIf(e.kind IN (1, 2) AND e.cost_state NOT IN (1, 2, 4))),
    arraySort(groupUniqArrayIf(toString(e.model), e.model <> '')),
    argMinIf(e.error, (e.start_ms, UUIDToNum(e.uuid)), e.is_error AND e.error <> ''),
    -- The first and the last generation, for their previews.
    argMinIf(e.uuid, (e.kind = 3, e.kind, e.start_ms, UUIDToNum(e.uuid)), e.kind BETWEEN 1 AND 4),
    argMinIf(e.time_ms, (e.kind = 3, e.kind, e.start_ms, UUIDToNum(e.uuid)), e.kind BETWEEN 1 AND 4),
    argMaxIf(e.uuid, (e.kind != 3, 10 - e.kind, e.start_ms, UUIDToNum(e.uuid)), e.kind BETWEEN 1 AND 4),
    argMaxIf(e.time_ms, (e.kind != 3, 10 - e.kind, e.start_ms, UUIDToNum(e.uuid)), e.kind BETWEEN 1 AND 4),
    max(e.truncated)
FROM (
    SELECT * FROM events
    WHERE project = {project:String} AND trace_id IN {trace_ids:Array(String)}
--: once
) AS e
GROUP BY e.trace_id;
