-- activity_blocks
SELECT
    a.project, a.uuid, a.position, a.rules, a.session_id, a.window_id, a.time_ms, a.received_ms, a.at_ms, a.end_ms, a.kind, a.label, a.detail, a.page, a.node, a.status, a.first_byte_ms, a.dead, a.rage, a.failed, a.derived_ms
FROM activity AS a FINAL
WHERE a.project = {project:String} AND a.session_id = {session_id:String} AND a.rules = {rules:Int32} AND a.position = -1
    AND (a.label <> '' OR a.detail <> '')
ORDER BY a.at_ms, UUIDToNum(a.uuid)
LIMIT {limit:UInt64};

-- activity_counts
-- The number of activities of each kind in each bucket. Dead and rage clicks are counted again as such.
SELECT counted, bucket, toInt64(count())
FROM (
    SELECT arrayJoin(arrayFilter(k -> k <> '', [toString(a.kind), if(a.dead, 'dead_click', ''), if(a.rage, 'rage_click', '')])) AS counted,
        intDiv(a.at_ms - {from_ms:Int64}, {step_ms:Int64}) AS bucket
    FROM activity AS a FINAL
    WHERE a.project = {project:String} AND a.session_id = {session_id:String} AND a.rules = {rules:Int32} AND a.kind <> ''
        AND a.at_ms >= {from_ms:Int64} AND a.at_ms < {to_ms:Int64}
)
GROUP BY counted, bucket
ORDER BY counted, bucket;

-- activity_of
SELECT
    a.project, a.uuid, a.position, a.rules, a.session_id, a.window_id, a.time_ms, a.received_ms, a.at_ms, a.end_ms, a.kind, a.label, a.detail, a.page, a.node, a.status, a.first_byte_ms, a.dead, a.rage, a.failed, a.derived_ms
FROM activity AS a FINAL
WHERE a.project = {project:String} AND a.session_id = {session_id:String} AND a.rules = {rules:Int32} AND a.kind <> ''
    AND ({window_id:String} = '' OR a.window_id = {window_id:String}) AND a.at_ms >= {from_ms:Int64} AND a.at_ms < {to_ms:Int64}
    AND (NOT {problems:Bool} OR a.dead OR a.rage OR a.failed)
    AND (empty({kinds:Array(String)}) OR has({kinds:Array(String)}, a.kind)
        OR a.dead AND has({kinds:Array(String)}, 'dead_click') OR a.rage AND has({kinds:Array(String)}, 'rage_click'))
    AND ({text:String} = '' OR position(lowerUTF8(a.label), {text:String}) > 0 OR position(lowerUTF8(a.detail), {text:String}) > 0
        OR position(lowerUTF8(a.page), {text:String}) > 0)
    AND (a.at_ms, UUIDToNum(a.uuid), a.position) > ({after_ms:Int64}, UUIDToNum({after_uuid:UUID}), {after_position:Int64})
ORDER BY a.at_ms, UUIDToNum(a.uuid), a.position
LIMIT {limit:UInt64};

-- activity_with
-- The first clicks and navigations of each of the sessions whose label contains a text.
SELECT
    a.project, a.uuid, a.position, a.rules, a.session_id, a.window_id, a.time_ms, a.received_ms, a.at_ms, a.end_ms, a.kind, a.label, a.detail, a.page, a.node, a.status, a.first_byte_ms, a.dead, a.rage, a.failed, a.derived_ms
FROM activity AS a FINAL
WHERE a.project = {project:String} AND a.session_id IN {session_ids:Array(String)} AND a.rules = {rules:Int32} AND a.kind IN ('click', 'navigation')
    AND position(lowerUTF8(a.label), {text:String}) > 0
ORDER BY a.session_id, a.at_ms, UUIDToNum(a.uuid), a.position
LIMIT {limit:UInt64} BY a.session_id;

-- blocks
SELECT
    b.project, b.uuid, b.session_id, b.window_id, b.distinct_id, b.received_ms, b.sent_ms, b.first_ms, b.last_ms, b.raw_bytes, b.events, b.clicks, b.keys, b.first_input_ms, b.last_input_ms, b.console_errors, b.dropped_mutations, b.oversized_mutations, b.url, b.snapshot_ms, b.snapshot_line, b.location_key, b.location_offset, b.location_length
FROM blocks AS b FINAL
WHERE b.project = {project:String} AND b.session_id = {session_id:String} AND b.window_id = {window_id:String}
ORDER BY b.first_ms, UUIDToNum(b.uuid);

-- blocks_of
-- By sorting key, so that only the granules concerned are read.
SELECT
    b.project, b.uuid, b.session_id, b.window_id, b.distinct_id, b.received_ms, b.sent_ms, b.first_ms, b.last_ms, b.raw_bytes, b.events, b.clicks, b.keys, b.first_input_ms, b.last_input_ms, b.console_errors, b.dropped_mutations, b.oversized_mutations, b.url, b.snapshot_ms, b.snapshot_line, b.location_key, b.location_offset, b.location_length
FROM blocks AS b FINAL
WHERE (b.project, b.session_id, b.uuid) IN arrayZip({projects:Array(String)}, {sessions:Array(String)}, {uuids:Array(UUID)});

-- blocks_of_sessions
SELECT
    b.project, b.uuid, b.session_id, b.window_id, b.distinct_id, b.received_ms, b.sent_ms, b.first_ms, b.last_ms, b.raw_bytes, b.events, b.clicks, b.keys, b.first_input_ms, b.last_input_ms, b.console_errors, b.dropped_mutations, b.oversized_mutations, b.url, b.snapshot_ms, b.snapshot_line, b.location_key, b.location_offset, b.location_length
FROM blocks AS b FINAL
WHERE b.project = {project:String} AND b.session_id IN {session_ids:Array(String)}
ORDER BY b.session_id, b.window_id, b.first_ms, b.received_ms, UUIDToNum(b.uuid);

-- blocks_underived
-- Copies of rows do not matter. A block and its activity are on the same shard.
SELECT
    b.project, b.uuid, b.session_id, b.window_id, b.distinct_id, b.received_ms, b.sent_ms, b.first_ms, b.last_ms, b.raw_bytes, b.events, b.clicks, b.keys, b.first_input_ms, b.last_input_ms, b.console_errors, b.dropped_mutations, b.oversized_mutations, b.url, b.snapshot_ms, b.snapshot_line, b.location_key, b.location_offset, b.location_length
FROM blocks AS b FINAL
WHERE b.received_ms >= {from_ms:Int64} AND b.received_ms < {to_ms:Int64} AND (b.project, b.uuid) GLOBAL NOT IN (
    SELECT project, uuid FROM activity
    WHERE received_ms >= {from_ms:Int64} AND received_ms < {to_ms:Int64} AND position = -1 AND rules = {rules:Int32}
)
LIMIT {limit:UInt64};

-- calls
-- Generations and embeddings that began in a range, after a given one.
SELECT
    e.project, e.uuid, e.name, e.kind, e.time_ms, e.received_ms, e.sent_ms, e.sent_order, e.distinct_id, e.personless, e.session_id, e.window_id, e.url, e.recording_status, e.library, e.env, e.release, e.country, e.browser, e.os, e.device, e.screen, e.properties, e.trace_id, e.span_id, e.parent_id, e.conversation_id, e.title, e.model, e.provider, e.start_ms, e.latency_ms, e.first_token_ms, e.http_status, e.is_error, e.stopped, e.error, e.error_group, e.prompt_name, e.prompt_version, e.agent, e.tools, e.mcp_server, e.stop_reason, e.metric_name, e.metric_value, e.score, e.scored, e.truncated, e.untimed, e.input_tokens, e.output_tokens, e.total_tokens, e.cache_read_tokens, e.cache_write_tokens, e.reasoning_tokens, e.cache_write_1h_tokens, e.cache_read_audio_tokens, e.audio_input_tokens, e.audio_output_tokens, e.image_input_tokens, e.image_output_tokens, e.web_searches, e.service_tier, e.cost_state, e.cost_nanos, e.price
FROM events AS e FINAL
WHERE e.kind IN (1, 2) AND e.start_ms >= {from_ms:Int64} AND e.start_ms < {to_ms:Int64}
    AND (e.start_ms > {from_ms:Int64} OR e.project > {project:String} OR (e.project = {project:String} AND e.uuid > {uuid:UUID}))
ORDER BY e.start_ms, e.project, e.uuid
LIMIT {limit:UInt64};

-- clues_of
SELECT
    c.project, c.hash, c.uuid, c.rules, c.trace_id, c.session_id, c.window_id, c.at_ms, c.end_ms, c.time_ms, c.received_ms, c.derived_ms
FROM clues AS c FINAL
WHERE c.project = {project:String} AND c.hash IN {hashes:Array(Int64)} AND c.rules = {rules:Int32} AND (c.session_id <> '') = {recorded:Bool}
    AND c.at_ms < {to_ms:Int64} AND c.end_ms >= {from_ms:Int64}
LIMIT {limit:UInt64};

-- contents_of
SELECT
    c.project, c.uuid, c.time_ms, c.input, c.output, c.tools, c.properties, c.input_preview, c.output_preview
FROM contents AS c FINAL
WHERE (c.project, c.sort_ms, c.uuid) IN arrayZip({projects:Array(String)}, {sort_ms:Array(Int64)}, {uuids:Array(UUID)});

-- database_known
SELECT count() FROM system.databases WHERE name = {database:String};

-- dump_blocks
SELECT
    b.project, b.uuid, b.session_id, b.window_id, b.distinct_id, b.received_ms, b.sent_ms, b.first_ms, b.last_ms, b.raw_bytes, b.events, b.clicks, b.keys, b.first_input_ms, b.last_input_ms, b.console_errors, b.dropped_mutations, b.oversized_mutations, b.url, b.snapshot_ms, b.snapshot_line, b.location_key, b.location_offset, b.location_length
FROM blocks AS b FINAL
WHERE {first:UInt8} OR (b.project >= {project:String} AND (b.project > {project:String}
    OR (b.session_id >= {session_id:String} AND (b.session_id > {session_id:String} OR b.uuid > {uuid:UUID}))))
ORDER BY b.project, b.session_id, b.uuid
LIMIT {limit:UInt64};

-- dump_events
-- In the order of the sorting key. Its first columns are also compared separately, because the index can use that.
SELECT
    e.project, e.uuid, e.name, e.kind, e.time_ms, e.received_ms, e.sent_ms, e.sent_order, e.distinct_id, e.personless, e.session_id, e.window_id, e.url, e.recording_status, e.library, e.env, e.release, e.country, e.browser, e.os, e.device, e.screen, e.properties, e.trace_id, e.span_id, e.parent_id, e.conversation_id, e.title, e.model, e.provider, e.start_ms, e.latency_ms, e.first_token_ms, e.http_status, e.is_error, e.stopped, e.error, e.error_group, e.prompt_name, e.prompt_version, e.agent, e.tools, e.mcp_server, e.stop_reason, e.metric_name, e.metric_value, e.score, e.scored, e.truncated, e.untimed, e.input_tokens, e.output_tokens, e.total_tokens, e.cache_read_tokens, e.cache_write_tokens, e.reasoning_tokens, e.cache_write_1h_tokens, e.cache_read_audio_tokens, e.audio_input_tokens, e.audio_output_tokens, e.image_input_tokens, e.image_output_tokens, e.web_searches, e.service_tier, e.cost_state, e.cost_nanos, e.price
FROM events AS e FINAL
WHERE {first:UInt8} OR (e.project >= {project:String} AND (e.project > {project:String}
    OR (e.sort_ms >= {sort_ms:Int64} AND (e.sort_ms > {sort_ms:Int64} OR e.uuid > {uuid:UUID}))))
ORDER BY e.project, e.sort_ms, e.uuid
LIMIT {limit:UInt64};

-- dump_identities
SELECT
    i.project, i.uuid, i.time_ms, i.id, i.other_id, i.name, i.email
FROM identities AS i FINAL
WHERE {first:UInt8} OR (i.project >= {project:String} AND (i.project > {project:String} OR (i.id >= {id:String} AND (i.id > {id:String}
    OR i.other_id > {other:String} OR (i.other_id = {other:String} AND i.uuid > {uuid:UUID})))))
ORDER BY i.project, i.id, i.other_id, i.uuid
LIMIT {limit:UInt64};

-- dump_refusals
SELECT r.project, r.reason, r.event, r.library, argMax(r.detail, (r.last_ms, r.detail)), sum(r.bytes), sum(r.count), min(r.first_ms), max(r.last_ms)
FROM refusals AS r
WHERE {first:UInt8} OR (r.project, r.reason, r.event, r.library) > ({project:String}, {reason:String}, {event:String}, {library:String})
GROUP BY r.project, r.reason, r.event, r.library
ORDER BY r.project, r.reason, r.event, r.library
LIMIT {limit:UInt64};

-- dump_saved
SELECT
    s.project, s.uuid, s.id, s.kind, s.at_ms, s.gone, s.body
FROM saved AS s FINAL
WHERE {first:UInt8} OR (s.project >= {project:String} AND (s.project > {project:String} OR (s.kind >= {kind:String} AND (s.kind > {kind:String}
    OR s.id > {id:UUID} OR (s.id = {id:UUID} AND s.uuid > {uuid:UUID})))))
ORDER BY s.project, s.kind, s.id, s.uuid
LIMIT {limit:UInt64};

-- event
-- Every copy of one event.
SELECT
    e.project, e.uuid, e.name, e.kind, e.time_ms, e.received_ms, e.sent_ms, e.sent_order, e.distinct_id, e.personless, e.session_id, e.window_id, e.url, e.recording_status, e.library, e.env, e.release, e.country, e.browser, e.os, e.device, e.screen, e.properties, e.trace_id, e.span_id, e.parent_id, e.conversation_id, e.title, e.model, e.provider, e.start_ms, e.latency_ms, e.first_token_ms, e.http_status, e.is_error, e.stopped, e.error, e.error_group, e.prompt_name, e.prompt_version, e.agent, e.tools, e.mcp_server, e.stop_reason, e.metric_name, e.metric_value, e.score, e.scored, e.truncated, e.untimed, e.input_tokens, e.output_tokens, e.total_tokens, e.cache_read_tokens, e.cache_write_tokens, e.reasoning_tokens, e.cache_write_1h_tokens, e.cache_read_audio_tokens, e.audio_input_tokens, e.audio_output_tokens, e.image_input_tokens, e.image_output_tokens, e.web_searches, e.service_tier, e.cost_state, e.cost_nanos, e.price
    , e.version
FROM events AS e
WHERE e.project = {project:String} AND e.uuid = {uuid:UUID};

-- events_named
-- Light rows by uuid, with times in a range: of each row the copy with the greatest version, as FINAL would choose. FINAL itself must read all rows
-- whose sorting keys lie between those of the rows that are needed: 400 ms for fifty rows among a million.
SELECT
    e.project, e.uuid, e.name, e.kind, e.time_ms, e.received_ms, e.sent_ms, e.sent_order, e.distinct_id, e.personless, e.session_id, e.window_id, e.url, e.recording_status, e.library, e.env, e.release, e.country, e.browser, e.os, e.device, e.screen, e.properties, e.trace_id, e.span_id, e.parent_id, e.conversation_id, e.title, e.model, e.provider, e.start_ms, e.latency_ms, e.first_token_ms, e.http_status, e.is_error, e.stopped, e.error, e.error_group, e.prompt_name, e.prompt_version, e.agent, e.tools, e.mcp_server, e.stop_reason, e.metric_name, e.metric_value, e.score, e.scored, e.truncated, e.untimed, e.input_tokens, e.output_tokens, e.total_tokens, e.cache_read_tokens, e.cache_write_tokens, e.reasoning_tokens, e.cache_write_1h_tokens, e.cache_read_audio_tokens, e.audio_input_tokens, e.audio_output_tokens, e.image_input_tokens, e.image_output_tokens, e.web_searches, e.service_tier, e.cost_state, e.cost_nanos, e.price
FROM events AS e
WHERE e.time_ms >= {first_ms:Int64} AND e.time_ms <= {last_ms:Int64} AND e.uuid IN {uuids:Array(UUID)}
    AND (e.project, e.uuid) IN arrayZip({projects:Array(String)}, {uuids:Array(UUID)})
ORDER BY e.version DESC LIMIT 1 BY e.project, e.uuid;

-- events_of
-- By sorting key, so that only the granules concerned are read.
SELECT
    e.project, e.uuid, e.name, e.kind, e.time_ms, e.received_ms, e.sent_ms, e.sent_order, e.distinct_id, e.personless, e.session_id, e.window_id, e.url, e.recording_status, e.library, e.env, e.release, e.country, e.browser, e.os, e.device, e.screen, e.properties, e.trace_id, e.span_id, e.parent_id, e.conversation_id, e.title, e.model, e.provider, e.start_ms, e.latency_ms, e.first_token_ms, e.http_status, e.is_error, e.stopped, e.error, e.error_group, e.prompt_name, e.prompt_version, e.agent, e.tools, e.mcp_server, e.stop_reason, e.metric_name, e.metric_value, e.score, e.scored, e.truncated, e.untimed, e.input_tokens, e.output_tokens, e.total_tokens, e.cache_read_tokens, e.cache_write_tokens, e.reasoning_tokens, e.cache_write_1h_tokens, e.cache_read_audio_tokens, e.audio_input_tokens, e.audio_output_tokens, e.image_input_tokens, e.image_output_tokens, e.web_searches, e.service_tier, e.cost_state, e.cost_nanos, e.price
FROM events AS e FINAL
WHERE (e.project, e.sort_ms, e.uuid) IN arrayZip({projects:Array(String)}, {sort_ms:Array(Int64)}, {uuids:Array(UUID)});

-- experiences_of
-- With every copy: FINAL takes twice as long.
SELECT
    x.project, x.trace_id, x.uuid, x.rules, x.time_ms, x.received_ms, x.session_id, x.window_id, x.state, x.reason, x.asked_ms, x.first_words_ms, x.last_words_ms, x.stalls, x.wait_ms, x.smoothness, x.share, x.share_uncertainty, x.uncertainty_ms, x.node, x.signals, x.kinds, x.kind_bits, x.before_request_ms, x.previous_wait_ms, x.answer_wait_ms, x.previous_kinds, x.country, x.visitor, x.derived_ms, x.again_ms, x.moment_ms, x.clock_offset_ms, x.clock_uncertainty_ms, x.unseen_tokens, x.first_before_ms, x.first_token_ms, x.first_latency_ms, x.first_sent_ms, x.first_queue_ms, x.first_arrived_ms, x.of_kind, x.of_start_ms, x.of_output_tokens, x.of_model, x.of_provider, x.of_prompt_name, x.of_prompt_version, x.of_agent, x.of_tools, x.of_env, x.of_release
    , x.version
FROM experiences AS x
WHERE x.project = {project:String} AND x.rules = {rules:Int32} AND x.trace_id IN {trace_ids:Array(String)} AND x.uuid IN {uuids:Array(UUID)};

-- find_named
SELECT DISTINCT id FROM (
    SELECT id FROM identities WHERE project = {project:String} AND (id LIKE {pattern:String} OR name LIKE {pattern:String} OR email LIKE {pattern:String})
    UNION ALL
    SELECT other_id FROM identities WHERE project = {project:String} AND other_id <> '' AND other_id LIKE {pattern:String}
)
ORDER BY id
LIMIT {limit:UInt64};

-- find_people
SELECT DISTINCT id FROM (
    SELECT DISTINCT distinct_id AS id FROM events WHERE project = {project:String} AND position(lowerUTF8(distinct_id), lowerUTF8({text:String})) > 0
    UNION ALL
    SELECT DISTINCT distinct_id FROM blocks WHERE project = {project:String} AND position(lowerUTF8(distinct_id), lowerUTF8({text:String})) > 0
    UNION ALL
    SELECT DISTINCT id FROM identities
    WHERE project = {project:String} AND (position(lowerUTF8(id), lowerUTF8({text:String})) > 0
        OR position(lowerUTF8(name), lowerUTF8({text:String})) > 0 OR position(lowerUTF8(email), lowerUTF8({text:String})) > 0)
    UNION ALL
    SELECT DISTINCT other_id FROM identities WHERE project = {project:String} AND position(lowerUTF8(other_id), lowerUTF8({text:String})) > 0
)
WHERE id <> ''
ORDER BY id
LIMIT {limit:UInt64};

-- first_link
-- When the first link was possible: when both an LLM event and a block of its session had arrived. Only rows received until a
-- time are read. If the answer is not 0 it is right, because later rows cannot make an earlier link.
SELECT min(greatest(e.first_ms, r.first_ms)) FROM (
    SELECT session_id, min(received_ms) AS first_ms FROM events FINAL
    WHERE project = {project:String} AND kind <> 0 AND session_id <> '' AND received_ms <= {until_ms:Int64}
    GROUP BY session_id
) AS e
GLOBAL INNER JOIN (
    SELECT session_id, min(received_ms) AS first_ms FROM blocks FINAL
    WHERE project = {project:String} AND session_id <> '' AND received_ms <= {until_ms:Int64}
    GROUP BY session_id
) AS r
ON e.session_id = r.session_id;

-- first_sessions
SELECT distinct_id, argMin(session_id, (at_ms, session_id)), min(at_ms)
FROM (
    SELECT distinct_id, session_id, time_ms AS at_ms FROM events
    WHERE project = {project:String} AND distinct_id IN {ids:Array(String)} AND session_id <> ''
    UNION ALL
    SELECT distinct_id, session_id, first_ms AS at_ms FROM blocks
    WHERE project = {project:String} AND distinct_id IN {ids:Array(String)}
)
GROUP BY distinct_id;

-- generations_edge
-- Like traces_edge, for generations and embeddings.
SELECT min(sort_ms), count() FROM (
    SELECT sort_ms FROM events
    WHERE project = {project:String} AND kind IN (1, 2) AND ({before_ms:Int64} = 0 OR sort_ms <= {before_ms:Int64})
    ORDER BY sort_ms DESC LIMIT {rows:UInt64}
);

-- has_id
SELECT count() > 0 FROM (
    SELECT 1 FROM events WHERE project = {project:String} AND distinct_id = {id:String} LIMIT 1
    UNION ALL
    SELECT 1 FROM blocks WHERE project = {project:String} AND distinct_id = {id:String} LIMIT 1
);

-- hours_parts
-- The parts that have rows of a project. shardNum() is 0 on one server.
SELECT DISTINCT 0 AS source, shardNum() AS shard, _part FROM events WHERE project = {project:String}
UNION ALL
SELECT DISTINCT 1 AS source, shardNum() AS shard, _part FROM links WHERE project = {project:String};

-- hours_stamps
-- How many generations of each hour are in parts, with copies that are not merged yet, or links of these, and the sums of their versions, which may
-- overflow. Each part that exists has at least one row.
SELECT 0 AS source, shardNum() AS shard, _part, intDiv(start_ms, 3600000) * 3600000 AS hour_ms, countIf(kind IN (1, 2)), sumIf(version, kind IN (1, 2))
FROM events
WHERE project = {project:String} AND _part IN {event_parts:Array(String)}
GROUP BY ALL
UNION ALL
SELECT 1 AS source, shardNum() AS shard, _part, intDiv(start_ms, 3600000) * 3600000 AS hour_ms,
    countIf(rules = {rules:Int32} AND uuid <> '00000000-0000-0000-0000-000000000000'),
    sumIf(version, rules = {rules:Int32} AND uuid <> '00000000-0000-0000-0000-000000000000')
FROM links
WHERE project = {project:String} AND _part IN {link_parts:Array(String)}
GROUP BY ALL;

-- identities
SELECT
    i.project, i.uuid, i.time_ms, i.id, i.other_id, i.name, i.email
FROM identities AS i FINAL
WHERE i.project = {project:String} AND (i.id IN {ids:Array(String)} OR (i.other_id <> '' AND i.other_id IN {ids:Array(String)}))
ORDER BY i.time_ms, UUIDToNum(i.uuid), i.id, i.other_id;

-- identities_joined
-- Each pair of ids that facts join, once, and, for joined ids with their own name or address, one of each.
SELECT * FROM (
    SELECT id, other_id, '' AS name, '' AS email FROM identities WHERE project = {project:String} AND other_id <> '' GROUP BY id, other_id
    UNION ALL
    SELECT id, '' AS other_id, max(i.name) AS name, max(i.email) AS email FROM identities AS i
    WHERE project = {project:String} AND other_id = '' AND (i.name <> '' OR i.email <> '')
        AND id GLOBAL IN (SELECT other_id FROM identities WHERE project = {project:String} AND other_id <> '')
    GROUP BY id
)
LIMIT {limit:UInt64};

-- identities_of
SELECT
    i.project, i.uuid, i.time_ms, i.id, i.other_id, i.name, i.email
FROM identities AS i FINAL
WHERE (i.project, i.id, i.other_id, i.uuid) IN arrayZip({projects:Array(String)}, {ids:Array(String)}, {others:Array(String)}, {uuids:Array(UUID)});

-- linked_to
-- Links of generations and embeddings to a session that none of their events names.
SELECT
    l.project, l.trace_id, l.uuid, l.rules, l.time_ms, l.received_ms, l.state, l.method, l.reason, l.clamped, l.session_id, l.window_id, l.start_ms, l.moment_ms, l.detail, l.confidence, l.clock_offset_ms, l.clock_uncertainty_ms, l.candidates, l.person, l.derived_ms, l.again_ms
FROM links AS l FINAL
WHERE l.project = {project:String} AND l.rules = {rules:Int32} AND l.session_id = {session_id:String}
    AND l.method IN ('attribute', 'request', 'screen', 'person') AND l.uuid <> toUUID('00000000-0000-0000-0000-000000000000')
ORDER BY l.start_ms, UUIDToNum(l.uuid)
LIMIT {limit:UInt64};

-- links_named
-- With every copy: FINAL takes twice as long.
SELECT
    l.project, l.trace_id, l.uuid, l.rules, l.time_ms, l.received_ms, l.state, l.method, l.reason, l.clamped, l.session_id, l.window_id, l.start_ms, l.moment_ms, l.detail, l.confidence, l.clock_offset_ms, l.clock_uncertainty_ms, l.candidates, l.person, l.derived_ms, l.again_ms
    , l.version
FROM links AS l
WHERE l.project = {project:String} AND l.rules = {rules:Int32} AND l.trace_id IN {trace_ids:Array(String)} AND l.uuid IN {uuids:Array(UUID)};

-- links_of
-- With every copy, as in links_named.
SELECT
    l.project, l.trace_id, l.uuid, l.rules, l.time_ms, l.received_ms, l.state, l.method, l.reason, l.clamped, l.session_id, l.window_id, l.start_ms, l.moment_ms, l.detail, l.confidence, l.clock_offset_ms, l.clock_uncertainty_ms, l.candidates, l.person, l.derived_ms, l.again_ms
    , l.version
FROM links AS l
WHERE l.project = {project:String} AND l.rules = {rules:Int32} AND l.trace_id IN {trace_ids:Array(String)}
    AND (l.trace_id <> '' OR l.uuid IN {uuids:Array(UUID)});

-- links_of_sessions
-- Links that lead to sessions.
SELECT
    l.project, l.trace_id, l.uuid, l.rules, l.time_ms, l.received_ms, l.state, l.method, l.reason, l.clamped, l.session_id, l.window_id, l.start_ms, l.moment_ms, l.detail, l.confidence, l.clock_offset_ms, l.clock_uncertainty_ms, l.candidates, l.person, l.derived_ms, l.again_ms
FROM links AS l FINAL
WHERE l.project = {project:String} AND l.rules = {rules:Int32} AND l.session_id IN {session_ids:Array(String)} AND l.state = 'linked';

-- links_outdated
-- Whether there are links that are only by earlier rules.
SELECT count() FROM (SELECT 1 FROM links GROUP BY project, trace_id, uuid HAVING max(rules) < {rules:Int32} LIMIT 1);

-- links_received
SELECT maxIf(received_ms, rules = {rules:Int32}), min(rules) FROM links;

-- nodes_alive
SELECT n.id, n.name, n.release, n.started_ms, n.seen_ms, n.clock_ms, n.clock_error_ms, mapKeys(n.settings), mapValues(n.settings)
FROM nodes AS n FINAL
WHERE n.seen_ms > toUnixTimestamp64Milli(now64(3)) - {within_ms:Int64} OR n.id = {id:String}
ORDER BY n.id;

-- nodes_beat
INSERT INTO nodes (id, version, name, release, started_ms, seen_ms, clock_ms, clock_error_ms, settings)
SELECT {id:String}, toUInt64(at_ms), {name:String}, {release:String}, {started_ms:Int64}, at_ms, {clock_ms:Int64}, {clock_error_ms:Int64},
    mapFromArrays({settings:Array(String)}, {prints:Array(String)})
FROM (SELECT toUnixTimestamp64Milli(now64(3)) AS at_ms);

-- nodes_clock
SELECT toUnixTimestamp64Milli(now64(3));

-- ping
-- Asks every shard.
SELECT count() FROM refusals WHERE last_ms < 0;

-- previews_of
SELECT c.uuid, c.input_preview, c.output_preview
FROM contents AS c FINAL
WHERE (c.project, c.sort_ms, c.uuid) IN arrayZip({projects:Array(String)}, {sort_ms:Array(Int64)}, {uuids:Array(UUID)})
    AND (c.input_preview <> '' OR c.output_preview <> '');

-- recording_statuses
SELECT e.session_id, argMax(toString(e.recording_status), (e.time_ms, UUIDToNum(e.uuid)))
FROM (
    SELECT uuid, version, session_id, time_ms, recording_status FROM events
    WHERE project = {project:String} AND session_id IN {session_ids:Array(String)}
    -- Keeps the copy of a row that was committed first. All copies have the value that is searched for, so none is missed.
    ORDER BY version DESC LIMIT 1 BY uuid
) AS e
WHERE e.recording_status <> ''
GROUP BY e.session_id;

-- recordings
-- One row for each recorded window. The last columns are the person in its latest block with a person, that block, and two lists of equal length: when
-- its blocks were sent by the browser's clock, and when they were received.
SELECT b.session_id, b.window_id, min(b.first_ms) AS begin_ms, max(b.last_ms),
    minIf(arrayMin(b.snapshot_ms), notEmpty(b.snapshot_ms)), sum(b.clicks), sum(b.keys),
    arraySort(arrayDistinct(arrayFilter(t -> t <> 0, arrayConcat(groupArray(b.first_input_ms), groupArray(b.last_input_ms))))),
    argMaxIf(b.distinct_id, (b.last_ms, UUIDToNum(b.uuid)), b.distinct_id <> ''),
    maxIf(b.last_ms, b.distinct_id <> ''),
    argMaxIf(b.uuid, (b.last_ms, UUIDToNum(b.uuid)), b.distinct_id <> ''),
    arrayMap(u -> u.2, arraySort(groupArrayIf((b.received_ms, b.sent_ms), b.sent_ms > 0))),
    arrayMap(u -> u.1, arraySort(groupArrayIf((b.received_ms, b.sent_ms), b.sent_ms > 0)))
FROM blocks AS b FINAL
WHERE b.project = {project:String} AND b.session_id IN {session_ids:Array(String)}
GROUP BY b.session_id, b.window_id
ORDER BY b.session_id, begin_ms, b.window_id;

-- referenced
-- Only the latest version of a row has the current location of its block: the index of locations must not exclude it.
SELECT DISTINCT b.location_key FROM blocks AS b FINAL WHERE b.location_key IN {keys:Array(String)}
SETTINGS use_skip_indexes_if_final = 1, use_skip_indexes_if_final_exact_mode = 1;

-- refusals
SELECT r.reason, r.event, r.library, argMax(r.detail, (r.last_ms, r.detail)), sum(r.count), min(r.first_ms), max(r.last_ms) AS latest_ms
FROM refusals AS r
WHERE r.project = {project:String}
GROUP BY r.reason, r.event, r.library
ORDER BY latest_ms DESC, r.reason, r.event, r.library
LIMIT {limit:UInt64};

-- refusals_of
SELECT r.project, r.reason, r.event, r.library, argMax(r.detail, (r.last_ms, r.detail)), sum(r.bytes), sum(r.count), min(r.first_ms), max(r.last_ms)
FROM refusals AS r
WHERE (r.project, r.reason, r.event, r.library)
    IN arrayZip({projects:Array(String)}, {reasons:Array(String)}, {events:Array(String)}, {libraries:Array(String)})
GROUP BY r.project, r.reason, r.event, r.library;

-- retention
-- The current retention rule of each table: "" keeps all rows.
SELECT extract(engine_full, 'TTL (.*?) SETTINGS') FROM system.tables
WHERE database = currentDatabase() AND name = {table:String};

-- room
-- A megabyte that cannot be compressed, on every shard, to check whether there is space again. The rows are of nodes last seen in
-- 1970, so that the table drops them by itself.
INSERT INTO nodes (id, version, name)
SELECT 'room ' || toString(number), 0, randomString(16384) FROM numbers(64);

-- saved
SELECT
    s.project, s.uuid, s.id, s.kind, s.at_ms, s.gone, s.body
FROM saved AS s FINAL
WHERE s.project = {project:String} AND s.kind = {kind:String} AND ({every:UInt8} OR s.id = {id:UUID})
ORDER BY s.at_ms, UUIDToNum(s.uuid);

-- saved_of
SELECT
    s.project, s.uuid, s.id, s.kind, s.at_ms, s.gone, s.body
FROM saved AS s FINAL
WHERE (s.project, s.uuid) IN arrayZip({projects:Array(String)}, {uuids:Array(UUID)});

-- scattered
-- Sessions that ended in a range of time, and are stored under more keys than after packing. All copies of a row have the time of receipt.
SELECT b.project AS of, b.session_id AS session, max(b.received_ms) AS ended_ms
FROM blocks AS b FINAL
WHERE (b.project, b.session_id) GLOBAL IN (
    SELECT project, session_id FROM blocks WHERE received_ms >= {from_ms:Int64} AND received_ms < {to_ms:Int64})
GROUP BY of, session
HAVING ended_ms >= {from_ms:Int64} AND ended_ms < {to_ms:Int64}
    AND uniqExact(b.location_key) > 1 + 2 * intDiv(sum(b.location_length), {pack_bytes:Int64})
ORDER BY ended_ms, of, session
LIMIT {limit:UInt64};

-- schema_columns
-- The columns of a server's tables. No column was ever dropped.
SELECT table, name FROM system.columns WHERE database = currentDatabase();

-- schema_create
-- The migrations of this server. The table is not replicated, because every replica is updated separately.
CREATE TABLE IF NOT EXISTS schema_versions (version UInt64, reached DateTime64(3, 'UTC') DEFAULT now64(3)) ENGINE = MergeTree ORDER BY version;

-- schema_hosts
-- Every server of a cluster, with the address that the answering server uses, whether that server has Keeper, and the minimum
-- number of replicas of a shard.
SELECT DISTINCT host_name, port,
    (SELECT count() FROM system.tables WHERE database = 'system' AND name = 'zookeeper_connection')
        + (SELECT count() FROM system.server_settings WHERE name = 'keeper_hosts' AND value <> '') > 0,
    (SELECT min(n) FROM (SELECT count() AS n FROM system.clusters WHERE cluster = {cluster:String} GROUP BY shard_num))
FROM system.clusters
WHERE cluster = {cluster:String}
ORDER BY host_name, port;

-- schema_reached
INSERT INTO schema_versions (version) SELECT {version:UInt64};

-- schema_readonly
-- Replicated tables that are not, or no longer, connected to the others.
SELECT groupArray(table) FROM system.replicas WHERE database = currentDatabase() AND is_readonly;

-- schema_version
SELECT max(version) FROM schema_versions;

-- session_events
SELECT
    e.project, e.uuid, e.name, e.kind, e.time_ms, e.received_ms, e.sent_ms, e.sent_order, e.distinct_id, e.personless, e.session_id, e.window_id, e.url, e.recording_status, e.library, e.env, e.release, e.country, e.browser, e.os, e.device, e.screen, e.properties, e.trace_id, e.span_id, e.parent_id, e.conversation_id, e.title, e.model, e.provider, e.start_ms, e.latency_ms, e.first_token_ms, e.http_status, e.is_error, e.stopped, e.error, e.error_group, e.prompt_name, e.prompt_version, e.agent, e.tools, e.mcp_server, e.stop_reason, e.metric_name, e.metric_value, e.score, e.scored, e.truncated, e.untimed, e.input_tokens, e.output_tokens, e.total_tokens, e.cache_read_tokens, e.cache_write_tokens, e.reasoning_tokens, e.cache_write_1h_tokens, e.cache_read_audio_tokens, e.audio_input_tokens, e.audio_output_tokens, e.image_input_tokens, e.image_output_tokens, e.web_searches, e.service_tier, e.cost_state, e.cost_nanos, e.price
FROM (
    SELECT * FROM events
    WHERE project = {project:String} AND session_id = {session_id:String}
    -- Keeps the copy of a row that was committed first. All copies have the value that is searched for, so none is missed.
    ORDER BY version DESC LIMIT 1 BY uuid
) AS e
ORDER BY e.time_ms, UUIDToNum(e.uuid)
LIMIT {limit:UInt64};

-- session_events_few
-- Like trace_events_few, for one session.
SELECT
    e.project, e.uuid, e.name, e.kind, e.time_ms, e.received_ms, e.sent_ms, e.sent_order, e.distinct_id, e.personless, e.session_id, e.window_id, e.url, e.recording_status, e.library, e.env, e.release, e.country, e.browser, e.os, e.device, e.screen, e.properties, e.trace_id, e.span_id, e.parent_id, e.conversation_id, e.title, e.model, e.provider, e.start_ms, e.latency_ms, e.first_token_ms, e.http_status, e.is_error, e.stopped, e.error, e.error_group, e.prompt_name, e.prompt_version, e.agent, e.tools, e.mcp_server, e.stop_reason, e.metric_name, e.metric_value, e.score, e.scored, e.truncated, e.untimed, e.input_tokens, e.output_tokens, e.total_tokens, e.cache_read_tokens, e.cache_write_tokens, e.reasoning_tokens, e.cache_write_1h_tokens, e.cache_read_audio_tokens, e.audio_input_tokens, e.audio_output_tokens, e.image_input_tokens, e.image_output_tokens, e.web_searches, e.service_tier, e.cost_state, e.cost_nanos, e.price
    , e.version
FROM events AS e
WHERE e.project = {project:String} AND e.session_id = {session_id:String}
LIMIT {limit:UInt64};

-- session_outlines
-- What happened in each of the sessions, in buckets: actions, pages and errors of their recordings, and calls and errors of their events. A call counts
-- where it began.
SELECT session_id, counted, bucket, toInt64(count())
FROM (
    SELECT session_id, arrayJoin(arrayFilter(l -> l <> '', lanes)) AS counted, at_ms,
        transform(session_id, {session_ids:Array(String)}, {froms:Array(Int64)}, toInt64(0)) AS from_ms,
        intDiv(if(begun, greatest(at_ms, from_ms), at_ms) - from_ms, transform(session_id, {session_ids:Array(String)}, {steps:Array(Int64)}, toInt64(1))) AS bucket,
        begun
    FROM (
        SELECT a.session_id AS session_id, a.at_ms AS at_ms, false AS begun, [
            if(a.kind IN ('click', 'key', 'input', 'scroll', 'selection', 'navigation'), 'actions', ''),
            if(a.kind = 'navigation', 'pages', ''), if(a.failed, 'errors', '')
        ] AS lanes
        FROM activity AS a FINAL
        WHERE a.project = {project:String} AND a.session_id IN {session_ids:Array(String)} AND a.rules = {rules:Int32}
        UNION ALL
        SELECT e.session_id, if(e.kind = 0, e.time_ms, e.start_ms), e.kind <> 0, [if(e.kind <> 0, 'calls', ''), if(e.kind = 0 OR e.is_error, 'errors', '')]
        FROM (
            SELECT uuid, version, session_id, time_ms, start_ms, kind, is_error, error FROM events
            WHERE project = {project:String} AND session_id IN {session_ids:Array(String)}
    -- Keeps the copy of a row that was committed first. All copies have the value that is searched for, so none is missed.
    ORDER BY version DESC LIMIT 1 BY uuid
        ) AS e
        WHERE e.kind IN (1, 2) OR e.kind = 0 AND e.error <> ''
    )
)
WHERE begun OR at_ms >= from_ms
GROUP BY session_id, counted, bucket;

-- sessions_edge
-- Like traces_edge. Blocks are sorted by their sessions, so their times are read; the index of times excludes most blocks that
-- are too old.
SELECT max(edge_ms), max(n) FROM (
    SELECT if(count() < {rows:UInt64}, -1, min(sort_ms)) AS edge_ms, count() AS n FROM (
        SELECT sort_ms FROM events
        WHERE project = {project:String} AND session_id <> '' AND ({before_ms:Int64} = 0 OR sort_ms <= {before_ms:Int64})
        ORDER BY sort_ms DESC LIMIT {rows:UInt64})
    UNION ALL
    SELECT if(count() < {rows:UInt64}, -1, min(last_ms)), count() FROM (
        SELECT last_ms FROM blocks
        WHERE project = {project:String} AND ({before_ms:Int64} = 0 OR last_ms <= {before_ms:Int64})
        ORDER BY last_ms DESC LIMIT {rows:UInt64})
)
SETTINGS query_plan_max_limit_for_top_k_optimization = 1000000;

-- sessions_latest
-- Like traces_latest, for the events and recordings of sessions.
SELECT id, max(last) AS last_ms FROM (
    SELECT session_id AS id, max(time_ms) AS last
    FROM events FINAL
    WHERE project = {project:String} AND time_ms >= {edge_ms:Int64} AND session_id <> ''
    GROUP BY session_id
    UNION ALL
    SELECT session_id, max(last_ms)
    FROM blocks FINAL
    WHERE project = {project:String} AND last_ms >= {edge_ms:Int64} AND session_id <> ''
    GROUP BY session_id
)
GROUP BY id
ORDER BY last_ms DESC, id DESC
LIMIT {limit:UInt64};

-- sessions_newest
-- Like traces_newest, for the events and recordings of sessions.
SELECT id, max(last) AS last_ms FROM (
    SELECT e.session_id AS id, max(e.time_ms) AS last
    FROM events AS e FINAL
    WHERE e.project = {project:String} AND e.time_ms >= {edge_ms:Int64} AND e.session_id GLOBAL IN (
        SELECT session_id FROM events
        WHERE project = {project:String} AND session_id <> '' AND time_ms >= {edge_ms:Int64} AND ({before_ms:Int64} = 0 OR time_ms <= {before_ms:Int64})
        UNION DISTINCT
        SELECT session_id FROM blocks
        WHERE project = {project:String} AND session_id <> '' AND last_ms >= {edge_ms:Int64} AND ({before_ms:Int64} = 0 OR last_ms <= {before_ms:Int64})
    )
    GROUP BY e.session_id
    UNION ALL
    SELECT b.session_id, max(b.last_ms)
    FROM blocks AS b FINAL
    WHERE b.project = {project:String} AND b.last_ms >= {edge_ms:Int64} AND b.session_id GLOBAL IN (
        SELECT session_id FROM events
        WHERE project = {project:String} AND session_id <> '' AND time_ms >= {edge_ms:Int64} AND ({before_ms:Int64} = 0 OR time_ms <= {before_ms:Int64})
        UNION DISTINCT
        SELECT session_id FROM blocks
        WHERE project = {project:String} AND session_id <> '' AND last_ms >= {edge_ms:Int64} AND ({before_ms:Int64} = 0 OR last_ms <= {before_ms:Int64})
    )
    GROUP BY b.session_id
)
GROUP BY id
HAVING
        ({before_ms:Int64} = 0 OR last_ms < {before_ms:Int64} OR (last_ms = {before_ms:Int64} AND id < {before_id:String}))
ORDER BY last_ms DESC, id DESC
LIMIT {limit:UInt64};

-- sessions_sums_blocks
-- Sums over the recordings of the named sessions.
SELECT b.session_id, min(b.first_ms), max(b.last_ms), toInt64(count()), sum(b.location_length), sum(b.clicks), sum(b.keys),
    argMaxIf(b.distinct_id, (b.last_ms, UUIDToNum(b.uuid)), b.distinct_id <> ''),
    argMinIf(b.url, (b.first_ms, UUIDToNum(b.uuid)), b.url <> ''),
    toInt64(uniqExact(b.window_id))
FROM blocks AS b FINAL
WHERE b.project = {project:String} AND b.session_id IN {session_ids:Array(String)}
GROUP BY b.session_id;

-- sessions_sums_events
-- Sums over the events of the named sessions. The first and last values are those of the earliest and latest row with a value.
SELECT e.session_id, min(e.time_ms), max(e.time_ms), toInt64(count()),
    toInt64(countIf(e.kind IN (1, 2))), toInt64(countIf(e.kind IN (1, 2) AND e.is_error)),
    -- A backend may use another id of its user than the browser, whose events have the window.
    argMaxIf(e.distinct_id, (e.window_id <> '', e.time_ms, UUIDToNum(e.uuid)), e.distinct_id <> ''),
    argMinIf(e.url, (e.time_ms, UUIDToNum(e.uuid)), e.url <> ''),
    argMaxIf(toString(e.recording_status), (e.time_ms, UUIDToNum(e.uuid)), e.recording_status <> ''),
    toInt64(uniqExactIf(e.window_id, e.window_id <> '')),
    -- As for traces.
    if(countIf(e.kind IN (1, 2) AND e.input_tokens >= 0) > 0, sumIf(e.input_tokens, e.kind IN (1, 2) AND e.input_tokens >= 0), -1),
    if(countIf(e.kind IN (1, 2) AND e.output_tokens >= 0) > 0, sumIf(e.output_tokens, e.kind IN (1, 2) AND e.output_tokens >= 0), -1),
    if(countIf(e.kind IN (1, 2) AND e.total_tokens >= 0) > 0, sumIf(e.total_tokens, e.kind IN (1, 2) AND e.total_tokens >= 0), -1),
    if(countIf(e.kind IN (1, 2) AND e.cache_read_tokens >= 0) > 0, sumIf(e.cache_read_tokens, e.kind IN (1, 2) AND e.cache_read_tokens >= 0), -1),
    if(countIf(e.kind IN (1, 2) AND e.cache_write_tokens >= 0) > 0, sumIf(e.cache_write_tokens, e.kind IN (1, 2) AND e.cache_write_tokens >= 0), -1),
    if(countIf(e.kind IN (1, 2) AND e.reasoning_tokens >= 0) > 0, sumIf(e.reasoning_tokens, e.kind IN (1, 2) AND e.reasoning_tokens >= 0), -1),
    if(countIf(e.kind IN (1, 2) AND e.cost_state IN (1, 2)) > 0, sumIf(e.cost_nanos, e.kind IN (1, 2) AND e.cost_state IN (1, 2)), -1),
    toInt64(countIf(e.kind IN (1, 2) AND e.cost_state NOT IN (1, 2, 4))),
    if(countIf(e.kind IN (1, 2) AND e.latency_ms >= 0) > 0, maxIf(e.latency_ms, e.kind IN (1, 2) AND e.latency_ms >= 0), -1)
FROM (
    SELECT uuid, version, session_id, time_ms, kind, is_error, distinct_id, window_id, url, recording_status,
        input_tokens, output_tokens, total_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens, cost_nanos, cost_state, latency_ms
    FROM events
    WHERE project = {project:String} AND session_id IN {session_ids:Array(String)}
    -- Keeps the copy of a row that was committed first. All copies have the value that is searched for, so none is missed.
    ORDER BY version DESC LIMIT 1 BY uuid
) AS e
GROUP BY e.session_id;

-- sessions_text_from
-- The time of the oldest content of the sessions that sessions_newest reads.
SELECT min(time_ms) FROM events
WHERE project = {project:String} AND session_id GLOBAL IN (
        SELECT session_id FROM events
        WHERE project = {project:String} AND session_id <> '' AND time_ms >= {edge_ms:Int64} AND ({before_ms:Int64} = 0 OR time_ms <= {before_ms:Int64})
        UNION DISTINCT
        SELECT session_id FROM blocks
        WHERE project = {project:String} AND session_id <> '' AND last_ms >= {edge_ms:Int64} AND ({before_ms:Int64} = 0 OR last_ms <= {before_ms:Int64})
);

-- size
SELECT (SELECT toInt64(count()) FROM events FINAL), (SELECT toInt64(count()) FROM blocks FINAL);

-- subjects
-- The subjects of links: traces, and generations outside of traces, with their uuid. Copies of rows do not matter.
SELECT DISTINCT s.project, s.trace_id, s.own FROM (
    SELECT e.project AS project, e.trace_id AS trace_id, e.own AS own
    FROM (
        SELECT project, trace_id, if(trace_id = '', uuid, toUUID('00000000-0000-0000-0000-000000000000')) AS own, max(received_ms) AS last_ms
        FROM events
        WHERE received_ms >= {from_ms:Int64} AND received_ms < {to_ms:Int64} AND (trace_id <> '' OR kind IN (1, 2))
        GROUP BY project, trace_id, own
    ) AS e
    GLOBAL LEFT JOIN (
        -- A link from earlier data is not enough for an event that was received since.
        SELECT project, trace_id, uuid, max(received_ms) AS last_ms FROM links
        WHERE {due_ms:Int64} <> 0 AND rules = {rules:Int32} AND received_ms >= {from_ms:Int64}
        GROUP BY project, trace_id, uuid
    ) AS l ON l.project = e.project AND l.trace_id = e.trace_id AND l.uuid = e.own
    WHERE l.last_ms < e.last_ms
    UNION ALL
    SELECT project, trace_id, if(trace_id = '', uuid, toUUID('00000000-0000-0000-0000-000000000000')) AS own
    FROM events
    WHERE session_id <> '' AND (trace_id <> '' OR kind IN (1, 2)) AND (project, session_id) GLOBAL IN (
        SELECT project, session_id FROM blocks WHERE {due_ms:Int64} = 0 AND received_ms >= {from_ms:Int64} AND received_ms < {to_ms:Int64}
    )
    UNION ALL
    SELECT project, trace_id, if(trace_id = '', uuid, toUUID('00000000-0000-0000-0000-000000000000')) AS own
    FROM links FINAL
    WHERE rules = {rules:Int32} AND state <> 'linked' AND session_id <> '' AND (project, session_id) GLOBAL IN (
        SELECT project, session_id FROM blocks WHERE {due_ms:Int64} <> 0 AND received_ms >= {from_ms:Int64} AND received_ms < {to_ms:Int64}
    )
    UNION ALL
    SELECT project, trace_id, if(trace_id = '', uuid, toUUID('00000000-0000-0000-0000-000000000000')) AS own
    FROM links FINAL
    WHERE rules = {rules:Int32} AND again_ms > 0 AND again_ms <= {due_ms:Int64}
) AS s
WHERE (s.project, s.trace_id, UUIDToNum(s.own)) > ({project:String}, {trace_id:String}, UUIDToNum({uuid:UUID}))
ORDER BY s.project, s.trace_id, UUIDToNum(s.own)
LIMIT {limit:UInt64};

-- subjects_of
SELECT DISTINCT s.trace_id, s.own FROM (
    SELECT trace_id, if(trace_id = '', uuid, toUUID('00000000-0000-0000-0000-000000000000')) AS own
    FROM events
    WHERE project = {project:String} AND session_id IN {session_ids:Array(String)} AND (trace_id <> '' OR kind IN (1, 2))
    UNION ALL
    SELECT trace_id, if(trace_id = '', uuid, toUUID('00000000-0000-0000-0000-000000000000')) AS own
    FROM links FINAL
    WHERE project = {project:String} AND rules = {rules:Int32} AND session_id IN {session_ids:Array(String)}
        AND method IN ('attribute', 'request', 'screen', 'person')
) AS s
LIMIT {limit:UInt64};

-- text_index
-- The text indexes of a table.
SELECT count() FROM system.data_skipping_indices
WHERE database = currentDatabase() AND table = {table:String} AND type = 'text';

-- totals_blocks
SELECT toInt64(count()), min(received_ms) FROM blocks FINAL WHERE project = {project:String};

-- totals_events
-- Times are the server's own, because clients' clocks may be wrong. 0 if there are no rows.
SELECT toInt64(count()), toInt64(countIf(kind IN (1, 2))), min(received_ms), minIf(received_ms, kind <> 0) FROM events FINAL
WHERE project = {project:String};

-- trace_events
SELECT
    e.project, e.uuid, e.name, e.kind, e.time_ms, e.received_ms, e.sent_ms, e.sent_order, e.distinct_id, e.personless, e.session_id, e.window_id, e.url, e.recording_status, e.library, e.env, e.release, e.country, e.browser, e.os, e.device, e.screen, e.properties, e.trace_id, e.span_id, e.parent_id, e.conversation_id, e.title, e.model, e.provider, e.start_ms, e.latency_ms, e.first_token_ms, e.http_status, e.is_error, e.stopped, e.error, e.error_group, e.prompt_name, e.prompt_version, e.agent, e.tools, e.mcp_server, e.stop_reason, e.metric_name, e.metric_value, e.score, e.scored, e.truncated, e.untimed, e.input_tokens, e.output_tokens, e.total_tokens, e.cache_read_tokens, e.cache_write_tokens, e.reasoning_tokens, e.cache_write_1h_tokens, e.cache_read_audio_tokens, e.audio_input_tokens, e.audio_output_tokens, e.image_input_tokens, e.image_output_tokens, e.web_searches, e.service_tier, e.cost_state, e.cost_nanos, e.price
FROM (
    SELECT * FROM events
    WHERE project = {project:String} AND trace_id IN {trace_ids:Array(String)}
    -- Keeps the copy of a row that was committed first. All copies have the value that is searched for, so none is missed.
    ORDER BY version DESC LIMIT 1 BY uuid
) AS e
ORDER BY e.start_ms, UUIDToNum(e.uuid)
LIMIT {limit:UInt64} BY e.trace_id;

-- trace_events_few
-- The events of traces with few events, in no order, with every copy. Without sorting, subqueries and columns at two levels,
-- this takes half the time, because these cost as much as planning.
SELECT
    e.project, e.uuid, e.name, e.kind, e.time_ms, e.received_ms, e.sent_ms, e.sent_order, e.distinct_id, e.personless, e.session_id, e.window_id, e.url, e.recording_status, e.library, e.env, e.release, e.country, e.browser, e.os, e.device, e.screen, e.properties, e.trace_id, e.span_id, e.parent_id, e.conversation_id, e.title, e.model, e.provider, e.start_ms, e.latency_ms, e.first_token_ms, e.http_status, e.is_error, e.stopped, e.error, e.error_group, e.prompt_name, e.prompt_version, e.agent, e.tools, e.mcp_server, e.stop_reason, e.metric_name, e.metric_value, e.score, e.scored, e.truncated, e.untimed, e.input_tokens, e.output_tokens, e.total_tokens, e.cache_read_tokens, e.cache_write_tokens, e.reasoning_tokens, e.cache_write_1h_tokens, e.cache_read_audio_tokens, e.audio_input_tokens, e.audio_output_tokens, e.image_input_tokens, e.image_output_tokens, e.web_searches, e.service_tier, e.cost_state, e.cost_nanos, e.price
    , e.version
FROM events AS e
WHERE e.project = {project:String} AND e.trace_id IN {trace_ids:Array(String)}
LIMIT {limit:UInt64} BY e.trace_id;

-- traces_edge
-- The time of about the {rows}th newest LLM event, and how many events there are. It need not be exact: the queries that use it
-- are right for every edge. So it is found in the table's order, without reading more than these rows, from the column that is
-- cheapest to read.
SELECT min(sort_ms), count() FROM (
    SELECT sort_ms FROM events
    WHERE project = {project:String} AND kind <> 0 AND ({before_ms:Int64} = 0 OR sort_ms <= {before_ms:Int64})
    ORDER BY sort_ms DESC LIMIT {rows:UInt64}
);

-- traces_latest
-- The newest of all traces: the events after the edge are enough, because no trace is excluded for having a later event.
SELECT trace_id AS id, max(time_ms) AS last_ms
FROM events FINAL
WHERE project = {project:String} AND time_ms >= {edge_ms:Int64} AND trace_id <> ''
GROUP BY trace_id
ORDER BY last_ms DESC, id DESC
LIMIT {limit:UInt64};

-- traces_newest
-- The newest traces before the cursor, from the events after the edge: without a filter, events before it cannot change the
-- result.
SELECT e.trace_id AS id, max(e.time_ms) AS last_ms
FROM events AS e FINAL
WHERE e.project = {project:String} AND e.time_ms >= {edge_ms:Int64} AND e.trace_id GLOBAL IN (
        SELECT trace_id FROM events
        WHERE project = {project:String} AND trace_id <> '' AND time_ms >= {edge_ms:Int64} AND ({before_ms:Int64} = 0 OR time_ms <= {before_ms:Int64})
    )
GROUP BY e.trace_id
HAVING
        ({before_ms:Int64} = 0 OR last_ms < {before_ms:Int64} OR (last_ms = {before_ms:Int64} AND id < {before_id:String}))
ORDER BY last_ms DESC, id DESC
LIMIT {limit:UInt64};

-- traces_sums
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
    -- Keeps the copy of a row that was committed first. All copies have the value that is searched for, so none is missed.
    ORDER BY version DESC LIMIT 1 BY uuid
) AS e
GROUP BY e.trace_id;

-- traces_text_from
-- The time of the oldest content of the traces that traces_newest reads. A trace may be much older than its last event.
SELECT min(time_ms) FROM events
WHERE project = {project:String} AND trace_id GLOBAL IN (
        SELECT trace_id FROM events
        WHERE project = {project:String} AND trace_id <> '' AND time_ms >= {edge_ms:Int64} AND ({before_ms:Int64} = 0 OR time_ms <= {before_ms:Int64})
);

-- unexperienced
-- The subjects of experiences: traces, and generations outside of traces, with their uuid. Copies of rows do not matter.
SELECT DISTINCT s.project, s.trace_id, s.own FROM (
    SELECT l.project AS project, l.trace_id AS trace_id, l.uuid AS own
    FROM (
        SELECT project, trace_id, uuid, max(derived_ms) AS last_ms FROM links
        WHERE received_ms >= {from_ms:Int64} AND received_ms < {to_ms:Int64} AND rules = {link_rules:Int32}
            AND (trace_id = '' OR uuid = toUUID('00000000-0000-0000-0000-000000000000'))
        GROUP BY project, trace_id, uuid
    ) AS l
    GLOBAL LEFT JOIN (
        SELECT project, trace_id, uuid, max(derived_ms) AS last_ms, 1 AS known FROM experiences WHERE rules = {rules:Int32} GROUP BY project, trace_id, uuid
    ) AS x ON x.project = l.project AND x.trace_id = l.trace_id AND x.uuid = l.uuid
    WHERE ifNull(x.known, 0) = 0 OR x.last_ms < l.last_ms
    UNION ALL
    -- Data of their session that were received since they were derived, and that happened around them.
    SELECT x.project AS project, x.trace_id AS trace_id, x.uuid AS own
    FROM (
        SELECT project, session_id, received_ms, first_ms, last_ms FROM blocks
        WHERE received_ms >= {from_ms:Int64} AND received_ms < {to_ms:Int64}
        UNION ALL
        SELECT project, session_id, received_ms, time_ms AS first_ms, time_ms AS last_ms FROM events
        WHERE received_ms >= {from_ms:Int64} AND received_ms < {to_ms:Int64} AND kind IN (5, 6, 7) AND trace_id = '' AND session_id <> ''
    ) AS r
    GLOBAL INNER JOIN (
        SELECT project, session_id, trace_id, uuid, time_ms, received_ms FROM experiences FINAL
        WHERE rules = {rules:Int32} AND session_id <> '' AND (trace_id = '' OR uuid = toUUID('00000000-0000-0000-0000-000000000000'))
    ) AS x ON x.project = r.project AND x.session_id = r.session_id
    WHERE x.received_ms < r.received_ms AND r.first_ms <= x.time_ms + {behind:Int64} AND r.last_ms >= x.time_ms - {before:Int64}
    UNION ALL
    SELECT project, trace_id, uuid AS own
    FROM experiences FINAL
    WHERE rules = {rules:Int32} AND again_ms > 0 AND again_ms <= {due_ms:Int64} AND (trace_id = '' OR uuid = toUUID('00000000-0000-0000-0000-000000000000'))
) AS s
WHERE (s.project, s.trace_id, UUIDToNum(s.own)) > ({project:String}, {trace_id:String}, UUIDToNum({uuid:UUID}))
ORDER BY s.project, s.trace_id, UUIDToNum(s.own)
LIMIT {limit:UInt64};

