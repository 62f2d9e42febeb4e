-- activity_blocks: project, block_received_from, block_received_to, rules, session_id, limit
SELECT
    a.project, a.uuid, a.position, a.rules, a.session_id, a.window_id, a.time_ms, a.received_ms, a.at_ms, a.end_ms, a.kind, a.label, a.detail, a.page, a.node, a.status, a.first_byte_ms, a.dead, a.rage, a.failed, a.derived_ms
FROM activity a
WHERE
        a.project = $project AND a.received_ms >= $block_received_from AND a.received_ms <= $block_received_to AND a.rules = $rules AND a.session_id = $session_id
    AND a.position = -1 AND (a.label <> '' OR a.detail <> '')
ORDER BY a.at_ms, a.uuid
LIMIT $limit
-- activity_counts: from_ms, step_ms, project, block_received_from, block_received_to, rules, session_id, to_ms
-- The number of activities of each kind in each bucket. Dead and rage clicks are counted again as such.
SELECT k.kind, (a.at_ms - $from_ms::BIGINT) // $step_ms::BIGINT AS bucket, count(*)
FROM activity a, LATERAL (
    SELECT unnest([a.kind, CASE WHEN a.dead THEN 'dead_click' END, CASE WHEN a.rage THEN 'rage_click' END]) AS kind
) k
WHERE
        a.project = $project AND a.received_ms >= $block_received_from AND a.received_ms <= $block_received_to AND a.rules = $rules AND a.session_id = $session_id
    AND a.kind <> '' AND a.at_ms >= $from_ms AND a.at_ms < $to_ms AND k.kind IS NOT NULL
GROUP BY ALL
ORDER BY ALL
-- activity_of: project, block_received_from, block_received_to, rules, session_id, window_id, from_ms, to_ms, problems, kinds, text, after_ms, after_uuid, after_position, limit
SELECT
    a.project, a.uuid, a.position, a.rules, a.session_id, a.window_id, a.time_ms, a.received_ms, a.at_ms, a.end_ms, a.kind, a.label, a.detail, a.page, a.node, a.status, a.first_byte_ms, a.dead, a.rage, a.failed, a.derived_ms
FROM activity a
WHERE
        a.project = $project AND a.received_ms >= $block_received_from AND a.received_ms <= $block_received_to AND a.rules = $rules AND a.session_id = $session_id
    AND a.kind <> '' AND ($window_id = '' OR a.window_id = $window_id) AND a.at_ms >= $from_ms AND a.at_ms < $to_ms
    AND (NOT $problems OR a.dead OR a.rage OR a.failed)
    AND (len($kinds::VARCHAR[]) = 0 OR list_contains($kinds::VARCHAR[], a.kind)
        OR a.dead AND list_contains($kinds::VARCHAR[], 'dead_click') OR a.rage AND list_contains($kinds::VARCHAR[], 'rage_click'))
    AND ($text = '' OR contains(lower(a.label), $text) OR contains(lower(a.detail), $text) OR contains(lower(a.page), $text))
    AND (a.at_ms, a.uuid, a.position) > ($after_ms::BIGINT, $after_uuid::UUID, $after_position::BIGINT)
ORDER BY a.at_ms, a.uuid, a.position
LIMIT $limit
-- activity_replaced: projects, uuids, positions, rules, from_ms, to_ms
-- The rows that are about to be replaced.
DELETE FROM activity USING (
    SELECT unnest($projects::VARCHAR[]) AS project, unnest($uuids::VARCHAR[])::UUID AS uuid, unnest($positions::BIGINT[]) AS position, unnest($rules::INTEGER[]) AS rules
) AS k
WHERE activity.received_ms >= $from_ms AND activity.received_ms <= $to_ms AND activity.project = k.project AND activity.uuid = k.uuid
    AND activity.position = k.position AND activity.rules = k.rules
-- activity_with: project, block_received_from, block_received_to, rules, session_ids, text, limit
-- The first clicks and navigations of each of the sessions whose label contains a text.
SELECT
    a.project, a.uuid, a.position, a.rules, a.session_id, a.window_id, a.time_ms, a.received_ms, a.at_ms, a.end_ms, a.kind, a.label, a.detail, a.page, a.node, a.status, a.first_byte_ms, a.dead, a.rage, a.failed, a.derived_ms
FROM activity a
WHERE a.project = $project AND a.received_ms >= $block_received_from AND a.received_ms <= $block_received_to AND a.rules = $rules
    AND a.session_id IN (SELECT unnest($session_ids::VARCHAR[])) AND a.kind IN ('click', 'navigation') AND contains(lower(a.label), $text)
QUALIFY row_number() OVER (PARTITION BY a.session_id ORDER BY a.at_ms, a.uuid, a.position) <= $limit
ORDER BY a.session_id, a.at_ms, a.uuid, a.position
-- blocks: project, block_received_from, block_received_to, session_id, window_id
SELECT
    b.project, b.uuid, b.session_id, b.window_id, b.distinct_id, b.received_ms, b.sent_ms, b.first_ms, b.last_ms, b.raw_bytes, b.events, b.clicks, b.keys, b.first_input_ms, b.last_input_ms, b.console_errors, b.dropped_mutations, b.oversized_mutations, b.url, b.snapshot_ms, b.snapshot_line, b.location_key, b.location_offset, b.location_length
FROM blocks b
WHERE
        b.project = $project AND b.received_ms >= $block_received_from AND b.received_ms <= $block_received_to
    AND b.session_id = $session_id AND b.window_id = $window_id
ORDER BY b.first_ms, b.uuid
-- blocks_of: projects, uuids
SELECT
    b.project, b.uuid, b.session_id, b.window_id, b.distinct_id, b.received_ms, b.sent_ms, b.first_ms, b.last_ms, b.raw_bytes, b.events, b.clicks, b.keys, b.first_input_ms, b.last_input_ms, b.console_errors, b.dropped_mutations, b.oversized_mutations, b.url, b.snapshot_ms, b.snapshot_line, b.location_key, b.location_offset, b.location_length
FROM blocks b SEMI JOIN
    (SELECT unnest($projects::VARCHAR[]) AS project, unnest($uuids::VARCHAR[])::UUID AS uuid) k
ON k.project = b.project AND k.uuid = b.uuid
-- blocks_of_sessions: project, block_received_from, block_received_to, session_ids
SELECT
    b.project, b.uuid, b.session_id, b.window_id, b.distinct_id, b.received_ms, b.sent_ms, b.first_ms, b.last_ms, b.raw_bytes, b.events, b.clicks, b.keys, b.first_input_ms, b.last_input_ms, b.console_errors, b.dropped_mutations, b.oversized_mutations, b.url, b.snapshot_ms, b.snapshot_line, b.location_key, b.location_offset, b.location_length
FROM blocks b
WHERE
        b.project = $project AND b.received_ms >= $block_received_from AND b.received_ms <= $block_received_to
    AND b.session_id IN (SELECT unnest($session_ids::VARCHAR[]))
ORDER BY b.session_id, b.window_id, b.first_ms, b.received_ms, b.uuid
-- blocks_underived: from_ms, to_ms, rules, limit
SELECT
    b.project, b.uuid, b.session_id, b.window_id, b.distinct_id, b.received_ms, b.sent_ms, b.first_ms, b.last_ms, b.raw_bytes, b.events, b.clicks, b.keys, b.first_input_ms, b.last_input_ms, b.console_errors, b.dropped_mutations, b.oversized_mutations, b.url, b.snapshot_ms, b.snapshot_line, b.location_key, b.location_offset, b.location_length
FROM blocks b ANTI JOIN (
    SELECT project, uuid FROM activity WHERE received_ms >= $from_ms AND received_ms < $to_ms AND position = -1 AND rules = $rules
) a ON a.project = b.project AND a.uuid = b.uuid
WHERE b.received_ms >= $from_ms AND b.received_ms < $to_ms
LIMIT $limit
-- calls: from_ms, to_ms, project, uuid, limit
-- Generations and embeddings that began in a range, after a given one.
SELECT
    e.project, e.uuid, e.name, e.kind, e.time_ms, e.received_ms, e.sent_ms, e.sent_order, e.distinct_id, e.personless, e.session_id, e.window_id, e.url, e.recording_status, e.library, e.env, e.release, e.country, e.browser, e.os, e.device, e.screen, e.properties, e.trace_id, e.span_id, e.parent_id, e.conversation_id, e.title, e.model, e.provider, e.start_ms, e.latency_ms, e.first_token_ms, e.http_status, e.is_error, e.stopped, e.error, e.error_group, e.prompt_name, e.prompt_version, e.agent, e.tools, e.mcp_server, e.stop_reason, e.metric_name, e.metric_value, e.score, e.scored, e.truncated, e.untimed, e.input_tokens, e.output_tokens, e.total_tokens, e.cache_read_tokens, e.cache_write_tokens, e.reasoning_tokens, e.cache_write_1h_tokens, e.cache_read_audio_tokens, e.audio_input_tokens, e.audio_output_tokens, e.image_input_tokens, e.image_output_tokens, e.web_searches, e.service_tier, e.cost_state, e.cost_nanos, e.price
FROM events e
WHERE e.kind IN (1, 2) AND e.start_ms >= $from_ms AND e.start_ms < $to_ms
    AND (e.start_ms > $from_ms OR e.project > $project OR (e.project = $project AND e.uuid > $uuid::UUID))
ORDER BY e.start_ms, e.project, e.uuid
LIMIT $limit
-- clues_of: project, rules, recorded, to_ms, from_ms, hashes, limit
SELECT
    c.project, c.hash, c.uuid, c.rules, c.trace_id, c.session_id, c.window_id, c.at_ms, c.end_ms, c.time_ms, c.received_ms, c.derived_ms
FROM clues c
WHERE c.project = $project AND c.rules = $rules AND (c.session_id <> '') = $recorded AND c.at_ms < $to_ms AND c.end_ms >= $from_ms
    AND c.hash IN (SELECT unnest($hashes::BIGINT[]))
LIMIT $limit
-- clues_replaced: projects, uuids, rules, from_ms, to_ms
-- All clues of the blocks and traces whose clues are about to be replaced.
DELETE FROM clues USING (
    SELECT unnest($projects::VARCHAR[]) AS project, unnest($uuids::VARCHAR[])::UUID AS uuid, unnest($rules::INTEGER[]) AS rules
) AS k
WHERE clues.time_ms >= $from_ms AND clues.time_ms <= $to_ms AND clues.project = k.project AND clues.uuid = k.uuid AND clues.rules = k.rules
-- conversations_near: rows, since_ms, project, before_ms
-- The conversations of the newest $rows events before the cursor: for each, the latest and the earliest of these events, and
-- their number. $since_ms narrows the search, from 12 ms to 2 in a million events.
SELECT conversation_id, 0 AS side, max(time_ms), min(time_ms), count(*)
FROM (
    SELECT conversation_id, time_ms FROM events
    WHERE project = $project AND conversation_id <> '' AND ($before_ms = 0 OR time_ms <= $before_ms) AND time_ms >= $since_ms
    ORDER BY time_ms DESC LIMIT $rows
)
GROUP BY conversation_id
-- conversations_text_from: project, received_from, received_to, ids
-- The time of the oldest content of the conversations that findAmong reads. A conversation may be much older than its last event.
SELECT coalesce(min(e.time_ms), 0) FROM events e
WHERE
        -- Rows of the project, in the range of time that the index has for the ids: row groups of other times are skipped.
        e.project = $project AND e.received_ms >= $received_from AND e.received_ms <= $received_to
    AND e.conversation_id IN (SELECT unnest($ids::VARCHAR[]))
-- costs_set: projects, uuids, states, nanos, prices, from_ms, to_ms
UPDATE events SET cost_state = priced.state, cost_nanos = priced.nanos, price = priced.price
FROM (
    SELECT unnest($projects::VARCHAR[]) AS project, unnest($uuids::VARCHAR[])::UUID AS uuid, unnest($states::INTEGER[])::UTINYINT AS state,
        unnest($nanos::BIGINT[]) AS nanos, unnest($prices::VARCHAR[]) AS price
) AS priced
WHERE events.start_ms >= $from_ms AND events.start_ms <= $to_ms AND events.project = priced.project AND events.uuid = priced.uuid
-- dropped: 
SELECT times FROM dropped
-- dropped_again: 
UPDATE dropped SET times = times + 1
-- dump_blocks: from_row, to_row
SELECT
    b.project, b.uuid, b.session_id, b.window_id, b.distinct_id, b.received_ms, b.sent_ms, b.first_ms, b.last_ms, b.raw_bytes, b.events, b.clicks, b.keys, b.first_input_ms, b.last_input_ms, b.console_errors, b.dropped_mutations, b.oversized_mutations, b.url, b.snapshot_ms, b.snapshot_line, b.location_key, b.location_offset, b.location_length
FROM blocks b
WHERE b.rowid >= $from_row AND b.rowid < $to_row
ORDER BY b.rowid
-- dump_events: from_row, to_row
SELECT
    e.project, e.uuid, e.name, e.kind, e.time_ms, e.received_ms, e.sent_ms, e.sent_order, e.distinct_id, e.personless, e.session_id, e.window_id, e.url, e.recording_status, e.library, e.env, e.release, e.country, e.browser, e.os, e.device, e.screen, e.properties, e.trace_id, e.span_id, e.parent_id, e.conversation_id, e.title, e.model, e.provider, e.start_ms, e.latency_ms, e.first_token_ms, e.http_status, e.is_error, e.stopped, e.error, e.error_group, e.prompt_name, e.prompt_version, e.agent, e.tools, e.mcp_server, e.stop_reason, e.metric_name, e.metric_value, e.score, e.scored, e.truncated, e.untimed, e.input_tokens, e.output_tokens, e.total_tokens, e.cache_read_tokens, e.cache_write_tokens, e.reasoning_tokens, e.cache_write_1h_tokens, e.cache_read_audio_tokens, e.audio_input_tokens, e.audio_output_tokens, e.image_input_tokens, e.image_output_tokens, e.web_searches, e.service_tier, e.cost_state, e.cost_nanos, e.price
FROM events e
WHERE e.rowid >= $from_row AND e.rowid < $to_row
ORDER BY e.rowid
-- dump_identities: from_row, to_row
SELECT
    i.project, i.uuid, i.time_ms, i.id, i.other_id, i.name, i.email
FROM identities i
WHERE i.rowid >= $from_row AND i.rowid < $to_row
ORDER BY i.rowid
-- dump_refusals: project, reason, event, library, first, limit
SELECT r.project, r.reason, r.event, r.library, arg_max(r.detail, (r.last_ms, r.detail)), sum(r.bytes)::BIGINT, sum(r.count)::BIGINT,
    min(r.first_ms), max(r.last_ms)
FROM refusals r
WHERE (r.project, r.reason, r.event, r.library) > ($project, $reason, $event, $library) OR $first
GROUP BY r.project, r.reason, r.event, r.library
ORDER BY r.project, r.reason, r.event, r.library
LIMIT $limit
-- dump_saved: from_row, to_row
SELECT
    s.project, s.uuid, s.id, s.kind, s.at_ms, s.gone, s.body
FROM saved s
WHERE s.rowid >= $from_row AND s.rowid < $to_row
ORDER BY s.rowid
-- event: project, uuid
SELECT
    e.project, e.uuid, e.name, e.kind, e.time_ms, e.received_ms, e.sent_ms, e.sent_order, e.distinct_id, e.personless, e.session_id, e.window_id, e.url, e.recording_status, e.library, e.env, e.release, e.country, e.browser, e.os, e.device, e.screen, e.properties, e.trace_id, e.span_id, e.parent_id, e.conversation_id, e.title, e.model, e.provider, e.start_ms, e.latency_ms, e.first_token_ms, e.http_status, e.is_error, e.stopped, e.error, e.error_group, e.prompt_name, e.prompt_version, e.agent, e.tools, e.mcp_server, e.stop_reason, e.metric_name, e.metric_value, e.score, e.scored, e.truncated, e.untimed, e.input_tokens, e.output_tokens, e.total_tokens, e.cache_read_tokens, e.cache_write_tokens, e.reasoning_tokens, e.cache_write_1h_tokens, e.cache_read_audio_tokens, e.audio_input_tokens, e.audio_output_tokens, e.image_input_tokens, e.image_output_tokens, e.web_searches, e.service_tier, e.cost_state, e.cost_nanos, e.price
FROM events e
WHERE e.project = $project AND e.uuid = $uuid::UUID
LIMIT 1
-- events_of: projects, uuids, first_ms, last_ms
-- Light rows by their keys, with times in a range.
SELECT
    e.project, e.uuid, e.name, e.kind, e.time_ms, e.received_ms, e.sent_ms, e.sent_order, e.distinct_id, e.personless, e.session_id, e.window_id, e.url, e.recording_status, e.library, e.env, e.release, e.country, e.browser, e.os, e.device, e.screen, e.properties, e.trace_id, e.span_id, e.parent_id, e.conversation_id, e.title, e.model, e.provider, e.start_ms, e.latency_ms, e.first_token_ms, e.http_status, e.is_error, e.stopped, e.error, e.error_group, e.prompt_name, e.prompt_version, e.agent, e.tools, e.mcp_server, e.stop_reason, e.metric_name, e.metric_value, e.score, e.scored, e.truncated, e.untimed, e.input_tokens, e.output_tokens, e.total_tokens, e.cache_read_tokens, e.cache_write_tokens, e.reasoning_tokens, e.cache_write_1h_tokens, e.cache_read_audio_tokens, e.audio_input_tokens, e.audio_output_tokens, e.image_input_tokens, e.image_output_tokens, e.web_searches, e.service_tier, e.cost_state, e.cost_nanos, e.price
FROM events e SEMI JOIN
    (SELECT unnest($projects::VARCHAR[]) AS project, unnest($uuids::VARCHAR[])::UUID AS uuid) k
ON k.project = e.project AND k.uuid = e.uuid
WHERE e.time_ms >= $first_ms AND e.time_ms <= $last_ms
ORDER BY e.time_ms DESC, e.uuid DESC
-- experiences_of: from_ms, project, rules, trace_ids, uuids
-- Experiences of traces and of generations outside of traces, all derived from data received after a time.
SELECT
    x.project, x.trace_id, x.uuid, x.rules, x.time_ms, x.received_ms, x.session_id, x.window_id, x.state, x.reason, x.asked_ms, x.first_words_ms, x.last_words_ms, x.stalls, x.wait_ms, x.smoothness, x.share, x.share_uncertainty, x.uncertainty_ms, x.node, x.signals, x.kinds, x.kind_bits, x.before_request_ms, x.previous_wait_ms, x.answer_wait_ms, x.previous_kinds, x.country, x.visitor, x.derived_ms, x.again_ms, x.moment_ms, x.clock_offset_ms, x.clock_uncertainty_ms, x.unseen_tokens, x.first_before_ms, x.first_token_ms, x.first_latency_ms, x.first_sent_ms, x.first_queue_ms, x.first_arrived_ms, x.of_kind, x.of_start_ms, x.of_output_tokens, x.of_model, x.of_provider, x.of_prompt_name, x.of_prompt_version, x.of_agent, x.of_tools, x.of_env, x.of_release
FROM experiences x
WHERE x.received_ms >= $from_ms AND x.project = $project AND x.rules = $rules
    AND x.trace_id IN (SELECT unnest($trace_ids::VARCHAR[])) AND x.uuid IN (SELECT unnest($uuids::VARCHAR[])::UUID)
-- experiences_replaced: projects, trace_ids, uuids, rules, from_ms
-- The rows that are about to be replaced.
DELETE FROM experiences USING (
    SELECT unnest($projects::VARCHAR[]) AS project, unnest($trace_ids::VARCHAR[]) AS trace_id, unnest($uuids::VARCHAR[])::UUID AS uuid,
        unnest($rules::INTEGER[]) AS rules
) AS k
WHERE experiences.received_ms >= $from_ms AND experiences.project = k.project AND experiences.trace_id = k.trace_id AND experiences.uuid = k.uuid
    AND experiences.rules = k.rules
-- find_named: project, pattern, limit
SELECT id FROM identities WHERE project = $project AND (regexp_full_match(id, $pattern) OR regexp_full_match(name, $pattern) OR regexp_full_match(email, $pattern))
UNION
SELECT other_id FROM identities WHERE project = $project AND other_id <> '' AND regexp_full_match(other_id, $pattern)
ORDER BY id
LIMIT $limit
-- find_people: project, text, limit
SELECT id FROM (
    SELECT distinct_id AS id FROM events WHERE project = $project AND contains(lower(distinct_id), lower($text))
    UNION
    SELECT distinct_id FROM blocks WHERE project = $project AND contains(lower(distinct_id), lower($text))
    UNION
    SELECT id FROM identities
    WHERE project = $project AND (contains(lower(id), lower($text)) OR contains(lower(name), lower($text)) OR contains(lower(email), lower($text)))
    UNION
    SELECT other_id FROM identities WHERE project = $project AND contains(lower(other_id), lower($text))
)
WHERE id <> ''
ORDER BY id
LIMIT $limit
-- first_sessions: project, ids
SELECT distinct_id, arg_min(session_id, (at_ms, session_id)), min(at_ms)
FROM (
    SELECT distinct_id, session_id, time_ms AS at_ms FROM events
    WHERE project = $project AND distinct_id IN (SELECT unnest($ids::VARCHAR[])) AND session_id <> ''
    UNION ALL
    SELECT distinct_id, session_id, first_ms AS at_ms FROM blocks
    WHERE project = $project AND distinct_id IN (SELECT unnest($ids::VARCHAR[]))
)
GROUP BY distinct_id
-- forget_activity: project, before_ms, rows
DELETE FROM activity WHERE rowid IN (SELECT rowid FROM activity WHERE project = $project AND time_ms < $before_ms LIMIT $rows)
-- forget_blocks: project, before_ms, rows
DELETE FROM blocks WHERE rowid IN (SELECT rowid FROM blocks WHERE project = $project AND last_ms < $before_ms LIMIT $rows)
-- forget_clues: project, before_ms, rows
DELETE FROM clues WHERE rowid IN (SELECT rowid FROM clues WHERE project = $project AND time_ms < $before_ms LIMIT $rows)
-- forget_events: project, before_ms, rows
DELETE FROM events WHERE rowid IN (SELECT rowid FROM events WHERE project = $project AND time_ms < $before_ms LIMIT $rows)
-- forget_experiences: project, before_ms, rows
DELETE FROM experiences WHERE rowid IN (SELECT rowid FROM experiences WHERE project = $project AND time_ms < $before_ms LIMIT $rows)
-- forget_links: project, before_ms, rows
DELETE FROM links WHERE rowid IN (SELECT rowid FROM links WHERE project = $project AND time_ms < $before_ms LIMIT $rows)
-- forget_refusals: project, before_ms, rows
DELETE FROM refusals WHERE rowid IN (SELECT rowid FROM refusals WHERE project = $project AND last_ms < $before_ms LIMIT $rows)
-- generations_edge: rows, project, before_ms
-- The time of about the $rows-th newest LLM event, and how many events there are. It need not be exact: the queries that use it are
-- right for every edge.
SELECT coalesce(min(time_ms), 0), count(*) FROM (
    SELECT time_ms FROM events
    WHERE project = $project AND kind <> 0 AND ($before_ms = 0 OR time_ms <= $before_ms)
    ORDER BY time_ms DESC LIMIT $rows
)
-- generations_page: project, before_ms, before_id, limit
SELECT CAST(uuid AS VARCHAR), time_ms FROM (
    SELECT e.uuid, e.time_ms FROM events e
    WHERE e.project = $project AND e.kind IN (1, 2)
        AND ($before_ms = 0 OR e.time_ms <= $before_ms)
        AND ($before_ms = 0 OR e.time_ms < $before_ms OR e.uuid < $before_id::UUID)
    ORDER BY e.time_ms DESC, e.uuid DESC
    LIMIT $limit
)
ORDER BY time_ms DESC, uuid DESC
-- has_id: project, id
SELECT EXISTS (SELECT 1 FROM events WHERE project = $project AND distinct_id = $id) OR EXISTS (SELECT 1 FROM blocks WHERE project = $project AND distinct_id = $id)
-- identities: project, ids
SELECT
    i.project, i.uuid, i.time_ms, i.id, i.other_id, i.name, i.email
FROM identities i
WHERE i.project = $project
    AND (i.id IN (SELECT unnest($ids::VARCHAR[])) OR (i.other_id <> '' AND i.other_id IN (SELECT unnest($ids::VARCHAR[]))))
ORDER BY i.time_ms, i.uuid, i.id, i.other_id
-- identities_joined: project, limit
-- Each pair of ids that facts join, once, and, for joined ids with their own name or address, one of each.
SELECT id, other_id, '' AS name, '' AS email FROM identities WHERE project = $project AND other_id <> '' GROUP BY id, other_id
UNION ALL
SELECT id, '', max(name), max(email) FROM identities
WHERE project = $project AND other_id = '' AND (name <> '' OR email <> '')
    AND id IN (SELECT other_id FROM identities WHERE project = $project AND other_id <> '')
GROUP BY id
LIMIT $limit
-- identities_of: projects, uuids
-- Every fact in events, by the events' keys.
SELECT
    i.project, i.uuid, i.time_ms, i.id, i.other_id, i.name, i.email
FROM identities i SEMI JOIN
    (SELECT unnest($projects::VARCHAR[]) AS project, unnest($uuids::VARCHAR[])::UUID AS uuid) k
ON k.project = i.project AND k.uuid = i.uuid
-- identities_one: project, id
-- Identities of one id, in less than half of the time that planning the joins takes.
SELECT
    i.project, i.uuid, i.time_ms, i.id, i.other_id, i.name, i.email
FROM identities i
WHERE i.project = $project AND (i.id = $id OR (i.other_id <> '' AND i.other_id = $id))
ORDER BY i.time_ms, i.uuid, i.id, i.other_id
-- ids_of_events: projects, uuids, first_ms, last_ms
-- The traces, sessions and conversations of events, by the events' keys, with times in a range.
SELECT DISTINCT e.trace_id, e.session_id, e.conversation_id
FROM events e SEMI JOIN
    (SELECT unnest($projects::VARCHAR[]) AS project, unnest($uuids::VARCHAR[])::UUID AS uuid) k
ON k.project = e.project AND k.uuid = e.uuid
WHERE e.time_ms >= $first_ms AND e.time_ms <= $last_ms
-- index_blocks: from_row, to_row
SELECT project, received_ms, session_id FROM blocks WHERE rowid >= $from_row AND rowid < $to_row
-- index_events: from_row, to_row
SELECT project, received_ms, session_id, trace_id, recording_status <> '', conversation_id FROM events WHERE rowid >= $from_row AND rowid < $to_row
-- linked_to: from_ms, project, rules, session_id, limit
-- Links of generations and embeddings to a session that none of their events names.
SELECT
    l.project, l.trace_id, l.uuid, l.rules, l.time_ms, l.received_ms, l.state, l.method, l.reason, l.clamped, l.session_id, l.window_id, l.start_ms, l.moment_ms, l.detail, l.confidence, l.clock_offset_ms, l.clock_uncertainty_ms, l.candidates, l.person, l.derived_ms, l.again_ms
FROM links l
WHERE l.received_ms >= $from_ms AND l.project = $project AND l.rules = $rules AND l.session_id = $session_id
    AND l.method IN ('attribute', 'request', 'screen', 'person') AND l.uuid <> '00000000-0000-0000-0000-000000000000'::UUID
ORDER BY l.start_ms, l.uuid
LIMIT $limit
-- links_named: from_ms, project, rules, trace_ids, uuids
-- Links of traces, all derived from data received after a time.
SELECT
    l.project, l.trace_id, l.uuid, l.rules, l.time_ms, l.received_ms, l.state, l.method, l.reason, l.clamped, l.session_id, l.window_id, l.start_ms, l.moment_ms, l.detail, l.confidence, l.clock_offset_ms, l.clock_uncertainty_ms, l.candidates, l.person, l.derived_ms, l.again_ms
FROM links l
WHERE l.received_ms >= $from_ms AND l.project = $project AND l.rules = $rules
    AND l.trace_id IN (SELECT unnest($trace_ids::VARCHAR[])) AND l.uuid IN (SELECT unnest($uuids::VARCHAR[])::UUID)
-- links_of: from_ms, project, rules, trace_ids, uuids
-- Links of traces and of events outside of traces, all derived from data received after a time.
SELECT
    l.project, l.trace_id, l.uuid, l.rules, l.time_ms, l.received_ms, l.state, l.method, l.reason, l.clamped, l.session_id, l.window_id, l.start_ms, l.moment_ms, l.detail, l.confidence, l.clock_offset_ms, l.clock_uncertainty_ms, l.candidates, l.person, l.derived_ms, l.again_ms
FROM links l
WHERE l.received_ms >= $from_ms AND l.project = $project AND l.rules = $rules
    AND l.trace_id IN (SELECT unnest($trace_ids::VARCHAR[]))
    AND (l.trace_id <> '' OR l.uuid IN (SELECT unnest($uuids::VARCHAR[])::UUID))
-- links_of_sessions: from_ms, project, rules, session_ids
-- Links that lead to sessions.
SELECT
    l.project, l.trace_id, l.uuid, l.rules, l.time_ms, l.received_ms, l.state, l.method, l.reason, l.clamped, l.session_id, l.window_id, l.start_ms, l.moment_ms, l.detail, l.confidence, l.clock_offset_ms, l.clock_uncertainty_ms, l.candidates, l.person, l.derived_ms, l.again_ms
FROM links l
WHERE l.received_ms >= $from_ms AND l.project = $project AND l.rules = $rules AND l.state = 'linked'
    AND l.session_id IN (SELECT unnest($session_ids::VARCHAR[]))
-- links_outdated: rules
-- Whether there are links that are only by earlier rules.
SELECT count(*) FROM (SELECT 1 FROM links GROUP BY project, trace_id, uuid HAVING max(rules) < $rules LIMIT 1)
-- links_received: rules
SELECT coalesce(max(received_ms) FILTER (rules = $rules), 0), coalesce(min(rules), $rules)::BIGINT FROM links
-- links_replaced: projects, trace_ids, uuids, rules, from_ms
-- The rows that are about to be replaced by links that were derived later.
DELETE FROM links USING (
    SELECT unnest($projects::VARCHAR[]) AS project, unnest($trace_ids::VARCHAR[]) AS trace_id, unnest($uuids::VARCHAR[])::UUID AS uuid,
        unnest($rules::INTEGER[]) AS rules
) AS k
WHERE links.received_ms >= $from_ms AND links.project = k.project AND links.trace_id = k.trace_id AND links.uuid = k.uuid AND links.rules = k.rules
-- ping: 
SELECT 1
-- recording_statuses: project, received_from, received_to, session_ids
SELECT e.session_id, arg_max(e.recording_status, (e.time_ms, e.uuid))
FROM events e
WHERE
        -- Rows of the project, in the range of time that the index has for the ids: row groups of other times are skipped.
        e.project = $project AND e.received_ms >= $received_from AND e.received_ms <= $received_to
    AND e.session_id IN (SELECT unnest($session_ids::VARCHAR[])) AND e.recording_status <> ''
GROUP BY e.session_id
-- recordings: project, block_received_from, block_received_to, session_ids
-- One row for each recorded window. The last columns are the person in the session's latest block, and two lists of equal length: when the blocks
-- were sent by the browser's clock, and when they were received.
WITH mine AS (
    SELECT * FROM blocks b
    WHERE
        b.project = $project AND b.received_ms >= $block_received_from AND b.received_ms <= $block_received_to
        AND b.session_id IN (SELECT unnest($session_ids::VARCHAR[]))
), people AS (
    SELECT session_id, arg_max(distinct_id, (last_ms, uuid)) FILTER (distinct_id <> '') AS distinct_id FROM mine GROUP BY session_id
)
SELECT b.session_id, b.window_id, min(b.first_ms) AS first_ms, max(b.last_ms),
    coalesce(min(list_min(b.snapshot_ms)), 0), sum(b.clicks)::BIGINT, sum(b.keys)::BIGINT,
    list_sort(list_distinct(list_filter(list(b.first_input_ms) || list(b.last_input_ms), lambda t: t <> 0))),
    coalesce(any_value(p.distinct_id), ''),
    coalesce(list(b.sent_ms ORDER BY b.received_ms, b.uuid) FILTER (b.sent_ms > 0), []),
    coalesce(list(b.received_ms ORDER BY b.received_ms, b.uuid) FILTER (b.sent_ms > 0), [])
FROM mine b JOIN people p ON p.session_id = b.session_id
GROUP BY b.session_id, b.window_id
ORDER BY b.session_id, first_ms, b.window_id
-- referenced: keys
SELECT DISTINCT location_key FROM blocks WHERE location_key IN (SELECT unnest($keys::VARCHAR[]))
-- refusals: project, limit
SELECT reason, event, library, arg_max(detail, (r.last_ms, detail)), sum(count)::BIGINT, min(r.first_ms), max(r.last_ms) AS latest_ms
FROM refusals r
WHERE r.project = $project
GROUP BY reason, event, library
ORDER BY latest_ms DESC, reason, event, library
LIMIT $limit
-- refusals_of: events
SELECT r.project, r.reason, r.event, r.library, arg_max(r.detail, (r.last_ms, r.detail)), sum(r.bytes)::BIGINT, sum(r.count)::BIGINT,
    min(r.first_ms), max(r.last_ms)
FROM refusals r
WHERE r.event IN (SELECT unnest($events::VARCHAR[]))
GROUP BY r.project, r.reason, r.event, r.library
-- relocate: projects, uuids, keys, offsets, lengths
UPDATE blocks SET location_key = moved.key, location_offset = moved.at, location_length = moved.size
FROM (
    SELECT unnest($projects::VARCHAR[]) AS project, unnest($uuids::VARCHAR[])::UUID AS uuid, unnest($keys::VARCHAR[]) AS key,
        unnest($offsets::BIGINT[]) AS at, unnest($lengths::BIGINT[]) AS size
) AS moved
WHERE blocks.project = moved.project AND blocks.uuid = moved.uuid
-- reports_set: projects, uuids, kinds, starts, latencies, first_tokens, tools, servers, inputs, outputs, totals, cache_reads, cache_writes, reasonings, cache_writes_hour, cache_read_audios, audio_inputs, audio_outputs, image_inputs, image_outputs, tiers, states, nanos, prices, from_ms, to_ms
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
WHERE events.start_ms >= $from_ms AND events.start_ms <= $to_ms AND events.project = told.project AND events.uuid = told.uuid
-- saved: project, kind, every, id
SELECT
    s.project, s.uuid, s.id, s.kind, s.at_ms, s.gone, s.body
FROM saved s
WHERE s.project = $project AND s.kind = $kind AND ($every OR s.id = $id::UUID)
ORDER BY s.at_ms, s.uuid
-- saved_of: projects, uuids
SELECT
    s.project, s.uuid, s.id, s.kind, s.at_ms, s.gone, s.body
FROM saved s SEMI JOIN
    (SELECT unnest($projects::VARCHAR[]) AS project, unnest($uuids::VARCHAR[])::UUID AS uuid) k
ON k.project = s.project AND k.uuid = s.uuid
-- scattered: from_ms, to_ms, pack_bytes, limit
-- Sessions that ended in a range of time, and are stored under more keys than after packing.
SELECT project, session_id, max(received_ms) AS ended_ms
FROM blocks
WHERE (project, session_id) IN (SELECT project, session_id FROM blocks WHERE received_ms >= $from_ms AND received_ms < $to_ms)
GROUP BY project, session_id
HAVING ended_ms >= $from_ms AND ended_ms < $to_ms AND count(DISTINCT location_key) > 1 + 2 * (sum(location_length) // $pack_bytes)
ORDER BY ended_ms, project, session_id
LIMIT $limit
-- schema_columns: 
-- The columns of the tables. No column was ever dropped.
SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal AND database_name = current_database()
-- schema_create: 
CREATE TABLE IF NOT EXISTS schema_versions (version BIGINT NOT NULL, reached_ms BIGINT NOT NULL)
-- schema_reached: version
INSERT INTO schema_versions (version, reached_ms) VALUES ($version, epoch_ms(now()::TIMESTAMP))
-- schema_version: 
SELECT coalesce(max(version), 0) FROM schema_versions
-- seen_blocks: from_row, to_row
SELECT project, uuid FROM blocks WHERE rowid >= $from_row AND rowid < $to_row
-- seen_events: from_row, to_row
SELECT project, uuid FROM events WHERE rowid >= $from_row AND rowid < $to_row
-- seen_identities: from_row, to_row
SELECT project, uuid, id, other_id FROM identities WHERE rowid >= $from_row AND rowid < $to_row
-- seen_rows: 
SELECT
    (SELECT coalesce(max(rowid) + 1, 0) FROM events),
    (SELECT coalesce(max(rowid) + 1, 0) FROM blocks),
    (SELECT coalesce(max(rowid) + 1, 0) FROM identities),
    (SELECT coalesce(max(rowid) + 1, 0) FROM saved)
-- seen_saved: from_row, to_row
SELECT project, uuid, kind, id::VARCHAR FROM saved WHERE rowid >= $from_row AND rowid < $to_row
-- segments: 
-- The length that each file of recordings must have to contain everything in the index.
SELECT location_key, max(location_offset + location_length) FROM blocks WHERE location_length > 0 GROUP BY location_key
-- segments_lost: keys, lengths, until
-- Blocks after the end of files that are too short or missing, up to the end of an earlier known loss.
WITH short AS (
    SELECT unnest($keys::VARCHAR[]) AS key, unnest($lengths::BIGINT[]) AS length, unnest($until::BIGINT[]) AS until
)
SELECT count(*), count(DISTINCT (b.project, b.session_id)), coalesce(min(b.first_ms), 0), coalesce(max(b.last_ms), 0)
FROM blocks b JOIN short s ON s.key = b.location_key
WHERE b.location_length > 0 AND b.location_offset + b.location_length > s.length AND b.location_offset + b.location_length <= s.until
-- session_events: project, received_from, received_to, session_id, limit
SELECT
    e.project, e.uuid, e.name, e.kind, e.time_ms, e.received_ms, e.sent_ms, e.sent_order, e.distinct_id, e.personless, e.session_id, e.window_id, e.url, e.recording_status, e.library, e.env, e.release, e.country, e.browser, e.os, e.device, e.screen, e.properties, e.trace_id, e.span_id, e.parent_id, e.conversation_id, e.title, e.model, e.provider, e.start_ms, e.latency_ms, e.first_token_ms, e.http_status, e.is_error, e.stopped, e.error, e.error_group, e.prompt_name, e.prompt_version, e.agent, e.tools, e.mcp_server, e.stop_reason, e.metric_name, e.metric_value, e.score, e.scored, e.truncated, e.untimed, e.input_tokens, e.output_tokens, e.total_tokens, e.cache_read_tokens, e.cache_write_tokens, e.reasoning_tokens, e.cache_write_1h_tokens, e.cache_read_audio_tokens, e.audio_input_tokens, e.audio_output_tokens, e.image_input_tokens, e.image_output_tokens, e.web_searches, e.service_tier, e.cost_state, e.cost_nanos, e.price
FROM events e
WHERE
        -- Rows of the project, in the range of time that the index has for the ids: row groups of other times are skipped.
        e.project = $project AND e.received_ms >= $received_from AND e.received_ms <= $received_to
    AND e.session_id = $session_id
ORDER BY e.time_ms, e.uuid
LIMIT $limit
-- session_outlines: session_ids, froms, steps, project, block_received_from, block_received_to, rules, received_from, received_to
-- What happened in each of the sessions, in buckets: actions, pages and errors of their recordings, and calls and errors of their events. A call counts
-- where it began.
WITH asked AS (
    SELECT unnest($session_ids::VARCHAR[]) AS session_id, unnest($froms::BIGINT[]) AS from_ms, unnest($steps::BIGINT[]) AS step_ms
)
SELECT s.session_id, a.lane, (a.at_ms - s.from_ms) // s.step_ms AS bucket, count(*)
FROM (
    SELECT a.session_id, a.at_ms, unnest([
        CASE WHEN a.kind IN ('click', 'key', 'input', 'scroll', 'selection', 'navigation') THEN 'actions' END,
        CASE WHEN a.kind = 'navigation' THEN 'pages' END, CASE WHEN a.failed THEN 'errors' END
    ]) AS lane
    FROM activity a
    WHERE a.project = $project AND a.received_ms >= $block_received_from AND a.received_ms <= $block_received_to AND a.rules = $rules
        AND a.session_id IN (SELECT session_id FROM asked)
    UNION ALL
    SELECT e.session_id, CASE WHEN e.kind = 0 THEN e.time_ms ELSE greatest(e.start_ms, s.from_ms) END, unnest([
        CASE WHEN e.kind <> 0 THEN 'calls' END, CASE WHEN e.kind = 0 OR e.is_error THEN 'errors' END
    ])
    FROM events e JOIN asked s ON s.session_id = e.session_id
    WHERE
        -- Rows of the project, in the range of time that the index has for the ids: row groups of other times are skipped.
        e.project = $project AND e.received_ms >= $received_from AND e.received_ms <= $received_to
        AND (e.kind IN (1, 2) OR e.kind = 0 AND e.error <> '')
) a JOIN asked s ON s.session_id = a.session_id
WHERE a.lane IS NOT NULL AND a.at_ms >= s.from_ms
GROUP BY ALL
-- sessions_near: project, before_ms, since_ms, rows
-- Like traces_near, for the events and recordings of sessions.
SELECT session_id, side, max(time_ms), min(time_ms), count(*)
FROM (
    (SELECT session_id, time_ms, 0 AS side FROM events
     WHERE project = $project AND session_id <> '' AND ($before_ms = 0 OR time_ms <= $before_ms) AND time_ms >= $since_ms
     ORDER BY time_ms DESC LIMIT $rows)
    UNION ALL
    (SELECT session_id, last_ms, 1 FROM blocks
     WHERE project = $project AND session_id <> '' AND ($before_ms = 0 OR last_ms <= $before_ms) AND last_ms >= $since_ms
     ORDER BY last_ms DESC LIMIT $rows)
)
GROUP BY session_id, side
-- sessions_sums: session_ids, project, received_from, received_to, block_received_from, block_received_to
-- Sums of the named sessions. The first and last values are those of the earliest and latest row with a value.
WITH asked AS (
    SELECT DISTINCT unnest($session_ids::VARCHAR[]) AS session_id
), of_events AS (
    SELECT e.session_id, min(e.time_ms) AS first_ms, max(e.time_ms) AS last_ms, count(*) AS events,
        count(*) FILTER (e.kind IN (1, 2)) AS generations, count(*) FILTER (e.kind IN (1, 2) AND e.is_error) AS errors,
        sum(e.input_tokens) FILTER (e.kind IN (1, 2) AND e.input_tokens >= 0) AS input_tokens,
        sum(e.output_tokens) FILTER (e.kind IN (1, 2) AND e.output_tokens >= 0) AS output_tokens,
        sum(e.total_tokens) FILTER (e.kind IN (1, 2) AND e.total_tokens >= 0) AS total_tokens,
        sum(e.cache_read_tokens) FILTER (e.kind IN (1, 2) AND e.cache_read_tokens >= 0) AS cache_read_tokens,
        sum(e.cache_write_tokens) FILTER (e.kind IN (1, 2) AND e.cache_write_tokens >= 0) AS cache_write_tokens,
        sum(e.reasoning_tokens) FILTER (e.kind IN (1, 2) AND e.reasoning_tokens >= 0) AS reasoning_tokens,
        sum(e.cost_nanos) FILTER (e.kind IN (1, 2) AND e.cost_state IN (1, 2)) AS cost_nanos,
        count(*) FILTER (e.kind IN (1, 2) AND e.cost_state NOT IN (1, 2, 4)) AS unpriced,
        max(e.latency_ms) FILTER (e.kind IN (1, 2) AND e.latency_ms >= 0) AS slowest_ms,
        -- A backend may use another id of its user than the browser, whose events have the window.
        arg_max(e.distinct_id, (e.window_id <> '', e.time_ms, e.uuid)) FILTER (e.distinct_id <> '') AS distinct_id,
        arg_min(e.url, (e.time_ms, e.uuid)) FILTER (e.url <> '') AS url,
        arg_max(e.recording_status, (e.time_ms, e.uuid)) FILTER (e.recording_status <> '') AS recording_status,
        list(DISTINCT e.window_id) FILTER (e.window_id <> '') AS windows
    FROM events e
    WHERE
        -- Rows of the project, in the range of time that the index has for the ids: row groups of other times are skipped.
        e.project = $project AND e.received_ms >= $received_from AND e.received_ms <= $received_to
        AND e.session_id IN (SELECT session_id FROM asked)
    GROUP BY e.session_id
), of_blocks AS (
    SELECT b.session_id, min(b.first_ms) AS first_ms, max(b.last_ms) AS last_ms, count(*) AS blocks,
        sum(b.location_length)::BIGINT AS bytes, sum(b.clicks)::BIGINT AS clicks, sum(b.keys)::BIGINT AS keys,
        arg_max(b.distinct_id, (b.last_ms, b.uuid)) FILTER (b.distinct_id <> '') AS distinct_id,
        arg_min(b.url, (b.first_ms, b.uuid)) FILTER (b.url <> '') AS url,
        list(DISTINCT b.window_id) AS windows
    FROM blocks b
    WHERE
        b.project = $project AND b.received_ms >= $block_received_from AND b.received_ms <= $block_received_to
        AND b.session_id IN (SELECT session_id FROM asked)
    GROUP BY b.session_id
)
SELECT a.session_id, coalesce(b.distinct_id, e.distinct_id, ''),
    least(e.first_ms, b.first_ms), greatest(e.last_ms, b.last_ms),
    coalesce(e.events, 0), coalesce(e.generations, 0), coalesce(e.errors, 0),
    coalesce(b.clicks, 0), coalesce(b.keys, 0),
    -- If the session is recorded, the recorded windows count; otherwise those that sent events.
    len(coalesce(b.windows, e.windows, [])),
    coalesce(b.blocks, 0), coalesce(b.bytes, 0),
    coalesce(e.url, b.url, ''), coalesce(e.recording_status, ''),
    -- A sum without known values is -1.
    coalesce(e.input_tokens, -1)::BIGINT, coalesce(e.output_tokens, -1)::BIGINT, coalesce(e.total_tokens, -1)::BIGINT,
    coalesce(e.cache_read_tokens, -1)::BIGINT, coalesce(e.cache_write_tokens, -1)::BIGINT, coalesce(e.reasoning_tokens, -1)::BIGINT,
    coalesce(e.cost_nanos, -1)::BIGINT, coalesce(e.unpriced, 0), coalesce(e.slowest_ms, -1)
FROM asked a
LEFT JOIN of_events e ON e.session_id = a.session_id
LEFT JOIN of_blocks b ON b.session_id = a.session_id
WHERE e.session_id IS NOT NULL OR b.session_id IS NOT NULL
-- sessions_text_from: project, received_from, received_to, ids
-- The time of the oldest content of the sessions that a search reads.
SELECT coalesce(min(e.time_ms), 0) FROM events e
WHERE
        -- Rows of the project, in the range of time that the index has for the ids: row groups of other times are skipped.
        e.project = $project AND e.received_ms >= $received_from AND e.received_ms <= $received_to
    AND e.session_id IN (SELECT unnest($ids::VARCHAR[]))
-- size: 
SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM blocks)
-- subjects: due_ms, rules, from_ms, to_ms, project, trace_id, uuid, limit
-- The subjects of links: traces, and generations outside of traces, with their uuid.
SELECT DISTINCT s.project, s.trace_id, s.uuid FROM (
    SELECT e.project, e.trace_id, CASE WHEN e.trace_id = '' THEN e.uuid ELSE '00000000-0000-0000-0000-000000000000'::UUID END AS uuid
    FROM events e LEFT JOIN (
        -- A link from earlier data is not enough for an event that was received since.
        SELECT project, trace_id, uuid, received_ms FROM links WHERE $due_ms <> 0 AND rules = $rules AND received_ms >= $from_ms
    ) l ON l.project = e.project AND l.trace_id = e.trace_id
        AND l.uuid = CASE WHEN e.trace_id = '' THEN e.uuid ELSE '00000000-0000-0000-0000-000000000000'::UUID END
    WHERE e.received_ms >= $from_ms AND e.received_ms < $to_ms AND (e.trace_id <> '' OR e.kind IN (1, 2))
        AND (l.received_ms IS NULL OR l.received_ms < e.received_ms)
    UNION ALL
    SELECT e.project, e.trace_id, CASE WHEN e.trace_id = '' THEN e.uuid ELSE '00000000-0000-0000-0000-000000000000'::UUID END
    FROM events e SEMI JOIN (
        SELECT project, session_id FROM blocks WHERE $due_ms = 0 AND received_ms >= $from_ms AND received_ms < $to_ms
    ) b ON b.project = e.project AND b.session_id = e.session_id
    WHERE e.session_id <> '' AND (e.trace_id <> '' OR e.kind IN (1, 2))
    UNION ALL
    SELECT l.project, l.trace_id, CASE WHEN l.trace_id = '' THEN l.uuid ELSE '00000000-0000-0000-0000-000000000000'::UUID END
    FROM links l SEMI JOIN (
        SELECT project, session_id FROM blocks WHERE $due_ms <> 0 AND received_ms >= $from_ms AND received_ms < $to_ms
    ) b ON b.project = l.project AND b.session_id = l.session_id
    WHERE l.rules = $rules AND l.state <> 'linked' AND l.session_id <> ''
    UNION ALL
    SELECT l.project, l.trace_id, CASE WHEN l.trace_id = '' THEN l.uuid ELSE '00000000-0000-0000-0000-000000000000'::UUID END
    FROM links l
    WHERE l.rules = $rules AND l.again_ms > 0 AND l.again_ms <= $due_ms
) s
WHERE (s.project, s.trace_id, s.uuid) > ($project::VARCHAR, $trace_id::VARCHAR, $uuid::UUID)
ORDER BY s.project, s.trace_id, s.uuid
LIMIT $limit
-- subjects_of: project, received_from, received_to, session_ids, from_ms, rules, limit
SELECT DISTINCT s.trace_id, s.uuid FROM (
    SELECT e.trace_id, CASE WHEN e.trace_id = '' THEN e.uuid ELSE '00000000-0000-0000-0000-000000000000'::UUID END AS uuid
    FROM events e
    WHERE
        -- Rows of the project, in the range of time that the index has for the ids: row groups of other times are skipped.
        e.project = $project AND e.received_ms >= $received_from AND e.received_ms <= $received_to
        AND e.session_id IN (SELECT unnest($session_ids::VARCHAR[])) AND (e.trace_id <> '' OR e.kind IN (1, 2))
    UNION ALL
    SELECT l.trace_id, CASE WHEN l.trace_id = '' THEN l.uuid ELSE '00000000-0000-0000-0000-000000000000'::UUID END
    FROM links l
    WHERE l.received_ms >= $from_ms AND l.project = $project AND l.rules = $rules AND l.session_id IN (SELECT unnest($session_ids::VARCHAR[]))
        AND l.method IN ('attribute', 'request', 'screen', 'person')
) s
LIMIT $limit
-- texts: 
SELECT number, project, packed, location_key, location_offset, location_length, events, first_ms, last_ms, lines, pairs, head, raw_bytes FROM texts
-- texts_clear: 
DELETE FROM texts
-- texts_drop: numbers
DELETE FROM texts WHERE number IN (SELECT unnest($numbers::BIGINT[]))
-- totals: project
-- Times are the server's own, because clients' clocks may be wrong. A link is possible when an LLM event and a block of its
-- session have both arrived.
WITH recorded AS (
    SELECT session_id, min(received_ms) AS received_ms FROM blocks WHERE project = $project AND session_id <> '' GROUP BY session_id
), linked AS (
    SELECT min(greatest(e.received_ms, r.received_ms)) AS at_ms
    FROM events e JOIN recorded r ON r.session_id = e.session_id
    WHERE e.project = $project AND e.kind <> 0
)
SELECT
    (SELECT count(*) FROM events WHERE project = $project),
    (SELECT count(*) FROM events WHERE project = $project AND kind IN (1, 2)),
    (SELECT count(*) FROM blocks WHERE project = $project),
    coalesce((SELECT min(received_ms) FROM events WHERE project = $project), 0),
    coalesce((SELECT min(received_ms) FROM blocks WHERE project = $project), 0),
    coalesce((SELECT min(received_ms) FROM events WHERE project = $project AND kind <> 0), 0),
    coalesce((SELECT at_ms FROM linked), 0)
-- trace_events: project, received_from, received_to, trace_ids, limit
SELECT
    e.project, e.uuid, e.name, e.kind, e.time_ms, e.received_ms, e.sent_ms, e.sent_order, e.distinct_id, e.personless, e.session_id, e.window_id, e.url, e.recording_status, e.library, e.env, e.release, e.country, e.browser, e.os, e.device, e.screen, e.properties, e.trace_id, e.span_id, e.parent_id, e.conversation_id, e.title, e.model, e.provider, e.start_ms, e.latency_ms, e.first_token_ms, e.http_status, e.is_error, e.stopped, e.error, e.error_group, e.prompt_name, e.prompt_version, e.agent, e.tools, e.mcp_server, e.stop_reason, e.metric_name, e.metric_value, e.score, e.scored, e.truncated, e.untimed, e.input_tokens, e.output_tokens, e.total_tokens, e.cache_read_tokens, e.cache_write_tokens, e.reasoning_tokens, e.cache_write_1h_tokens, e.cache_read_audio_tokens, e.audio_input_tokens, e.audio_output_tokens, e.image_input_tokens, e.image_output_tokens, e.web_searches, e.service_tier, e.cost_state, e.cost_nanos, e.price
FROM events e
WHERE
        -- Rows of the project, in the range of time that the index has for the ids: row groups of other times are skipped.
        e.project = $project AND e.received_ms >= $received_from AND e.received_ms <= $received_to
    AND e.trace_id IN (SELECT unnest($trace_ids::VARCHAR[]))
QUALIFY row_number() OVER (PARTITION BY e.trace_id ORDER BY e.start_ms, e.uuid) <= $limit
ORDER BY e.start_ms, e.uuid
-- trace_events_few: project, received_from, received_to, trace_ids, few
-- trace_events for traces with few events, in less than half the time: in no order, and without a limit for each
-- trace.
SELECT
    e.project, e.uuid, e.name, e.kind, e.time_ms, e.received_ms, e.sent_ms, e.sent_order, e.distinct_id, e.personless, e.session_id, e.window_id, e.url, e.recording_status, e.library, e.env, e.release, e.country, e.browser, e.os, e.device, e.screen, e.properties, e.trace_id, e.span_id, e.parent_id, e.conversation_id, e.title, e.model, e.provider, e.start_ms, e.latency_ms, e.first_token_ms, e.http_status, e.is_error, e.stopped, e.error, e.error_group, e.prompt_name, e.prompt_version, e.agent, e.tools, e.mcp_server, e.stop_reason, e.metric_name, e.metric_value, e.score, e.scored, e.truncated, e.untimed, e.input_tokens, e.output_tokens, e.total_tokens, e.cache_read_tokens, e.cache_write_tokens, e.reasoning_tokens, e.cache_write_1h_tokens, e.cache_read_audio_tokens, e.audio_input_tokens, e.audio_output_tokens, e.image_input_tokens, e.image_output_tokens, e.web_searches, e.service_tier, e.cost_state, e.cost_nanos, e.price
FROM events e
WHERE
        -- Rows of the project, in the range of time that the index has for the ids: row groups of other times are skipped.
        e.project = $project AND e.received_ms >= $received_from AND e.received_ms <= $received_to
    AND e.trace_id IN (SELECT unnest($trace_ids::VARCHAR[]))
LIMIT $few
-- trace_events_few_one: project, received_from, received_to, trace_id, few
-- The same for one trace.
SELECT
    e.project, e.uuid, e.name, e.kind, e.time_ms, e.received_ms, e.sent_ms, e.sent_order, e.distinct_id, e.personless, e.session_id, e.window_id, e.url, e.recording_status, e.library, e.env, e.release, e.country, e.browser, e.os, e.device, e.screen, e.properties, e.trace_id, e.span_id, e.parent_id, e.conversation_id, e.title, e.model, e.provider, e.start_ms, e.latency_ms, e.first_token_ms, e.http_status, e.is_error, e.stopped, e.error, e.error_group, e.prompt_name, e.prompt_version, e.agent, e.tools, e.mcp_server, e.stop_reason, e.metric_name, e.metric_value, e.score, e.scored, e.truncated, e.untimed, e.input_tokens, e.output_tokens, e.total_tokens, e.cache_read_tokens, e.cache_write_tokens, e.reasoning_tokens, e.cache_write_1h_tokens, e.cache_read_audio_tokens, e.audio_input_tokens, e.audio_output_tokens, e.image_input_tokens, e.image_output_tokens, e.web_searches, e.service_tier, e.cost_state, e.cost_nanos, e.price
FROM events e
WHERE
        -- Rows of the project, in the range of time that the index has for the ids: row groups of other times are skipped.
        e.project = $project AND e.received_ms >= $received_from AND e.received_ms <= $received_to
    AND e.trace_id = $trace_id
LIMIT $few
-- traces_near: rows, since_ms, project, before_ms
-- The traces of the newest $rows events before the cursor: for each, the latest and the earliest of these events, and their
-- number. $since_ms narrows the search, from 12 ms to 2 in a million events.
SELECT trace_id, 0 AS side, max(time_ms), min(time_ms), count(*)
FROM (
    SELECT trace_id, time_ms FROM events
    WHERE project = $project AND trace_id <> '' AND ($before_ms = 0 OR time_ms <= $before_ms) AND time_ms >= $since_ms
    ORDER BY time_ms DESC LIMIT $rows
)
GROUP BY trace_id
-- traces_of_session: project, received_from, received_to, session_id
SELECT DISTINCT e.trace_id FROM events e
WHERE
        -- Rows of the project, in the range of time that the index has for the ids: row groups of other times are skipped.
        e.project = $project AND e.received_ms >= $received_from AND e.received_ms <= $received_to
    AND e.session_id = $session_id AND e.trace_id <> ''
-- traces_sums: project, received_from, received_to, trace_ids
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
        -- Rows of the project, in the range of time that the index has for the ids: row groups of other times are skipped.
        e.project = $project AND e.received_ms >= $received_from AND e.received_ms <= $received_to
    AND e.trace_id IN (SELECT unnest($trace_ids::VARCHAR[]))
GROUP BY e.trace_id
-- traces_text_from: project, received_from, received_to, ids
-- The time of the oldest content of the traces that a search reads. A trace may be much older than its last event.
SELECT coalesce(min(e.time_ms), 0) FROM events e
WHERE
        -- Rows of the project, in the range of time that the index has for the ids: row groups of other times are skipped.
        e.project = $project AND e.received_ms >= $received_from AND e.received_ms <= $received_to
    AND e.trace_id IN (SELECT unnest($ids::VARCHAR[]))
-- unexperienced: rules, from_ms, to_ms, link_rules, behind, before, due_ms, project, trace_id, uuid, limit
-- The subjects of experiences: traces, and generations outside of traces, with their uuid.
SELECT DISTINCT s.project, s.trace_id, s.uuid FROM (
    SELECT l.project, l.trace_id, l.uuid
    FROM links l LEFT JOIN experiences x ON x.project = l.project AND x.trace_id = l.trace_id AND x.uuid = l.uuid AND x.rules = $rules
    WHERE l.received_ms >= $from_ms AND l.received_ms < $to_ms AND l.rules = $link_rules
        AND (l.trace_id = '' OR l.uuid = '00000000-0000-0000-0000-000000000000'::UUID)
        AND (x.derived_ms IS NULL OR x.derived_ms < l.derived_ms)
    UNION ALL
    -- Data of their session that were received since they were derived, and that happened around them.
    SELECT x.project, x.trace_id, x.uuid
    FROM (
        SELECT project, session_id, received_ms, first_ms, last_ms FROM blocks WHERE received_ms >= $from_ms AND received_ms < $to_ms
        UNION ALL
        SELECT project, session_id, received_ms, time_ms, time_ms FROM events
        WHERE received_ms >= $from_ms AND received_ms < $to_ms AND kind IN (5, 6, 7) AND trace_id = '' AND session_id <> ''
    ) r JOIN experiences x ON x.project = r.project AND x.session_id = r.session_id
    WHERE x.rules = $rules AND (x.trace_id = '' OR x.uuid = '00000000-0000-0000-0000-000000000000'::UUID)
        AND x.received_ms < r.received_ms AND r.first_ms <= x.time_ms + $behind AND r.last_ms >= x.time_ms - $before
    UNION ALL
    SELECT x.project, x.trace_id, x.uuid
    FROM experiences x
    WHERE x.rules = $rules AND x.again_ms > 0 AND x.again_ms <= $due_ms AND (x.trace_id = '' OR x.uuid = '00000000-0000-0000-0000-000000000000'::UUID)
) s
WHERE (s.project, s.trace_id, s.uuid) > ($project::VARCHAR, $trace_id::VARCHAR, $uuid::UUID)
ORDER BY s.project, s.trace_id, s.uuid
LIMIT $limit
