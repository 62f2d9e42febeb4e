-- blocks: project, block_received_from, block_received_to, session_id, window_id
SELECT
    b.project, b.uuid, b.session_id, b.window_id, b.distinct_id, b.received_ms, b.first_ms, b.last_ms, b.raw_bytes, b.events, b.clicks, b.keys, b.first_input_ms, b.last_input_ms, b.console_errors, b.url, b.snapshot_ms, b.snapshot_line, b.location_key, b.location_offset, b.location_length
FROM blocks b
WHERE
        b.project = $project AND b.received_ms >= $block_received_from AND b.received_ms <= $block_received_to
    AND b.session_id = $session_id AND b.window_id = $window_id
ORDER BY b.first_ms, b.uuid
-- blocks_of: projects, uuids
SELECT
    b.project, b.uuid, b.session_id, b.window_id, b.distinct_id, b.received_ms, b.first_ms, b.last_ms, b.raw_bytes, b.events, b.clicks, b.keys, b.first_input_ms, b.last_input_ms, b.console_errors, b.url, b.snapshot_ms, b.snapshot_line, b.location_key, b.location_offset, b.location_length
FROM blocks b SEMI JOIN
    (SELECT unnest($projects::VARCHAR[]) AS project, unnest($uuids::VARCHAR[])::UUID AS uuid) k
ON k.project = b.project AND k.uuid = b.uuid
-- calls: from_ms, to_ms, project, uuid, limit
-- Generations and embeddings that began in a range, behind one of them.
SELECT
    e.project, e.uuid, e.name, e.kind, e.time_ms, e.received_ms, e.sent_ms, e.sent_order, e.distinct_id, e.personless, e.session_id, e.window_id, e.url, e.recording_status, e.library, e.env, e.release, e.properties, e.trace_id, e.span_id, e.parent_id, e.conversation_id, e.title, e.model, e.provider, e.start_ms, e.latency_ms, e.first_token_ms, e.http_status, e.is_error, e.error, e.error_group, e.prompt_name, e.prompt_version, e.agent, e.tools, e.mcp_server, e.stop_reason, e.metric_name, e.metric_value, e.score, e.scored, e.truncated, e.untimed, e.input_tokens, e.output_tokens, e.total_tokens, e.cache_read_tokens, e.cache_write_tokens, e.reasoning_tokens, e.cache_write_1h_tokens, e.cache_read_audio_tokens, e.audio_input_tokens, e.audio_output_tokens, e.image_input_tokens, e.image_output_tokens, e.web_searches, e.service_tier, e.cost_state, e.cost_nanos, e.price
FROM events e
WHERE e.kind IN (1, 2) AND e.start_ms >= $from_ms AND e.start_ms < $to_ms
    AND (e.start_ms > $from_ms OR e.project > $project OR (e.project = $project AND e.uuid > $uuid::UUID))
ORDER BY e.start_ms, e.project, e.uuid
LIMIT $limit
-- conversations_near: rows, since_ms, project, before_ms
-- The conversations of the newest $rows events before the cursor: of each, the latest and the earliest of these events, and how
-- many they are. $since_ms narrows the search, from 12 ms to 2 in a million events.
SELECT conversation_id, 0 AS side, max(time_ms), min(time_ms), count(*)
FROM (
    SELECT conversation_id, time_ms FROM events
    WHERE project = $project AND conversation_id <> '' AND ($before_ms = 0 OR time_ms <= $before_ms) AND time_ms >= $since_ms
    ORDER BY time_ms DESC LIMIT $rows
)
GROUP BY conversation_id
-- conversations_text_from: project, ids
-- How far back the contents go of the conversations that findAmong looks at. A conversation may be much older than its last event.
SELECT coalesce(min(e.time_ms), 0) FROM events e
WHERE e.project = $project AND e.conversation_id IN (SELECT unnest($ids::VARCHAR[]))
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
    b.project, b.uuid, b.session_id, b.window_id, b.distinct_id, b.received_ms, b.first_ms, b.last_ms, b.raw_bytes, b.events, b.clicks, b.keys, b.first_input_ms, b.last_input_ms, b.console_errors, b.url, b.snapshot_ms, b.snapshot_line, b.location_key, b.location_offset, b.location_length
FROM blocks b
WHERE b.rowid >= $from_row AND b.rowid < $to_row
ORDER BY b.rowid
-- dump_events: from_row, to_row
SELECT
    e.project, e.uuid, e.name, e.kind, e.time_ms, e.received_ms, e.sent_ms, e.sent_order, e.distinct_id, e.personless, e.session_id, e.window_id, e.url, e.recording_status, e.library, e.env, e.release, e.properties, e.trace_id, e.span_id, e.parent_id, e.conversation_id, e.title, e.model, e.provider, e.start_ms, e.latency_ms, e.first_token_ms, e.http_status, e.is_error, e.error, e.error_group, e.prompt_name, e.prompt_version, e.agent, e.tools, e.mcp_server, e.stop_reason, e.metric_name, e.metric_value, e.score, e.scored, e.truncated, e.untimed, e.input_tokens, e.output_tokens, e.total_tokens, e.cache_read_tokens, e.cache_write_tokens, e.reasoning_tokens, e.cache_write_1h_tokens, e.cache_read_audio_tokens, e.audio_input_tokens, e.audio_output_tokens, e.image_input_tokens, e.image_output_tokens, e.web_searches, e.service_tier, e.cost_state, e.cost_nanos, e.price
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
-- event: project, uuid
SELECT
    e.project, e.uuid, e.name, e.kind, e.time_ms, e.received_ms, e.sent_ms, e.sent_order, e.distinct_id, e.personless, e.session_id, e.window_id, e.url, e.recording_status, e.library, e.env, e.release, e.properties, e.trace_id, e.span_id, e.parent_id, e.conversation_id, e.title, e.model, e.provider, e.start_ms, e.latency_ms, e.first_token_ms, e.http_status, e.is_error, e.error, e.error_group, e.prompt_name, e.prompt_version, e.agent, e.tools, e.mcp_server, e.stop_reason, e.metric_name, e.metric_value, e.score, e.scored, e.truncated, e.untimed, e.input_tokens, e.output_tokens, e.total_tokens, e.cache_read_tokens, e.cache_write_tokens, e.reasoning_tokens, e.cache_write_1h_tokens, e.cache_read_audio_tokens, e.audio_input_tokens, e.audio_output_tokens, e.image_input_tokens, e.image_output_tokens, e.web_searches, e.service_tier, e.cost_state, e.cost_nanos, e.price
FROM events e
WHERE e.project = $project AND e.uuid = $uuid::UUID
LIMIT 1
-- events_of: projects, uuids, first_ms, last_ms
-- Light rows by their keys, all of which lie between two times.
SELECT
    e.project, e.uuid, e.name, e.kind, e.time_ms, e.received_ms, e.sent_ms, e.sent_order, e.distinct_id, e.personless, e.session_id, e.window_id, e.url, e.recording_status, e.library, e.env, e.release, e.properties, e.trace_id, e.span_id, e.parent_id, e.conversation_id, e.title, e.model, e.provider, e.start_ms, e.latency_ms, e.first_token_ms, e.http_status, e.is_error, e.error, e.error_group, e.prompt_name, e.prompt_version, e.agent, e.tools, e.mcp_server, e.stop_reason, e.metric_name, e.metric_value, e.score, e.scored, e.truncated, e.untimed, e.input_tokens, e.output_tokens, e.total_tokens, e.cache_read_tokens, e.cache_write_tokens, e.reasoning_tokens, e.cache_write_1h_tokens, e.cache_read_audio_tokens, e.audio_input_tokens, e.audio_output_tokens, e.image_input_tokens, e.image_output_tokens, e.web_searches, e.service_tier, e.cost_state, e.cost_nanos, e.price
FROM events e SEMI JOIN
    (SELECT unnest($projects::VARCHAR[]) AS project, unnest($uuids::VARCHAR[])::UUID AS uuid) k
ON k.project = e.project AND k.uuid = e.uuid
WHERE e.time_ms >= $first_ms AND e.time_ms <= $last_ms
ORDER BY e.time_ms DESC, e.uuid DESC
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
-- forget_blocks: project, before_ms, rows
DELETE FROM blocks WHERE rowid IN (SELECT rowid FROM blocks WHERE project = $project AND last_ms < $before_ms LIMIT $rows)
-- forget_events: project, before_ms, rows
DELETE FROM events WHERE rowid IN (SELECT rowid FROM events WHERE project = $project AND time_ms < $before_ms LIMIT $rows)
-- forget_links: project, before_ms, rows
DELETE FROM links WHERE rowid IN (SELECT rowid FROM links WHERE project = $project AND time_ms < $before_ms LIMIT $rows)
-- forget_refusals: project, before_ms, rows
DELETE FROM refusals WHERE rowid IN (SELECT rowid FROM refusals WHERE project = $project AND last_ms < $before_ms LIMIT $rows)
-- generations_edge: rows, project, before_ms
-- A time down to which about $rows of the newest LLM events go, and how many there are. Any time would do: what is asked with it is
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
-- Each pair of ids that facts join, once, and of the ids joined to others that have a name or address of their own: one of each.
SELECT id, other_id, '' AS name, '' AS email FROM identities WHERE project = $project AND other_id <> '' GROUP BY id, other_id
UNION ALL
SELECT id, '', max(name), max(email) FROM identities
WHERE project = $project AND other_id = '' AND (name <> '' OR email <> '')
    AND id IN (SELECT other_id FROM identities WHERE project = $project AND other_id <> '')
GROUP BY id
LIMIT $limit
-- identities_of: projects, uuids
-- Every fact that events said, by the events' keys.
SELECT
    i.project, i.uuid, i.time_ms, i.id, i.other_id, i.name, i.email
FROM identities i SEMI JOIN
    (SELECT unnest($projects::VARCHAR[]) AS project, unnest($uuids::VARCHAR[])::UUID AS uuid) k
ON k.project = i.project AND k.uuid = i.uuid
-- identities_one: project, id
-- identities of one id, for less than half of what planning the joins takes.
SELECT
    i.project, i.uuid, i.time_ms, i.id, i.other_id, i.name, i.email
FROM identities i
WHERE i.project = $project AND (i.id = $id OR (i.other_id <> '' AND i.other_id = $id))
ORDER BY i.time_ms, i.uuid, i.id, i.other_id
-- ids_of_events: projects, uuids, first_ms, last_ms
-- The traces, sessions and conversations of events, by the events' keys, all of which lie between two times.
SELECT DISTINCT e.trace_id, e.session_id, e.conversation_id
FROM events e SEMI JOIN
    (SELECT unnest($projects::VARCHAR[]) AS project, unnest($uuids::VARCHAR[])::UUID AS uuid) k
ON k.project = e.project AND k.uuid = e.uuid
WHERE e.time_ms >= $first_ms AND e.time_ms <= $last_ms
-- index_blocks: from_row, to_row
SELECT project, received_ms, session_id FROM blocks WHERE rowid >= $from_row AND rowid < $to_row
-- index_events: from_row, to_row
SELECT project, received_ms, session_id, trace_id, recording_status <> '' FROM events WHERE rowid >= $from_row AND rowid < $to_row
-- links_of: from_ms, project, rules, trace_ids, uuids
-- Links of traces, none of which was derived of what was received before a time, and of events outside of traces.
SELECT
    l.project, l.trace_id, l.uuid, l.rules, l.time_ms, l.received_ms, l.state, l.method, l.reason, l.clamped, l.session_id, l.window_id, l.start_ms, l.moment_ms, l.person, l.derived_ms, l.again_ms
FROM links l
WHERE l.received_ms >= $from_ms AND l.project = $project AND l.rules = $rules
    AND l.trace_id IN (SELECT unnest($trace_ids::VARCHAR[]))
    AND (l.trace_id <> '' OR l.uuid IN (SELECT unnest($uuids::VARCHAR[])::UUID))
-- links_outdated: rules
-- Whether there is one that was not derived by these rules yet.
SELECT count(*) FROM (SELECT 1 FROM links GROUP BY project, trace_id, uuid HAVING max(rules) < $rules LIMIT 1)
-- links_received: rules
SELECT coalesce(max(received_ms) FILTER (rules = $rules), 0), coalesce(min(rules), $rules)::BIGINT FROM links
-- links_replaced: projects, trace_ids, uuids, rules, from_ms
-- Those in whose place others are about to be stored, and which were derived before them.
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
        -- Of the project asked for, and of the time that the index says of the ids asked for: row groups of other times are skipped.
        e.project = $project AND e.received_ms >= $received_from AND e.received_ms <= $received_to
    AND e.session_id IN (SELECT unnest($session_ids::VARCHAR[])) AND e.recording_status <> ''
GROUP BY e.session_id
-- recordings: project, block_received_from, block_received_to, session_ids
-- One row for each recorded window. The last column is who the session's latest block says it is.
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
    coalesce(any_value(p.distinct_id), '')
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
-- scattered: from_ms, to_ms, pack_bytes, limit
-- Sessions that ended in a time, and lie under more keys than packing leaves.
SELECT project, session_id, max(received_ms) AS ended_ms
FROM blocks
WHERE (project, session_id) IN (SELECT project, session_id FROM blocks WHERE received_ms >= $from_ms AND received_ms < $to_ms)
GROUP BY project, session_id
HAVING ended_ms >= $from_ms AND ended_ms < $to_ms AND count(DISTINCT location_key) > 1 + 2 * (sum(location_length) // $pack_bytes)
ORDER BY ended_ms, project, session_id
LIMIT $limit
-- schema_columns: 
-- The columns that tables have, of which none was ever dropped.
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
    (SELECT coalesce(max(rowid) + 1, 0) FROM identities)
-- segments: 
-- How long each file of recordings must be, so that it holds what is in the index.
SELECT location_key, max(location_offset + location_length) FROM blocks WHERE location_length > 0 GROUP BY location_key
-- segments_lost: keys, lengths, until
-- What lies behind the end of files that are too short, or that are gone, up to where it was known to be lost before.
WITH short AS (
    SELECT unnest($keys::VARCHAR[]) AS key, unnest($lengths::BIGINT[]) AS length, unnest($until::BIGINT[]) AS until
)
SELECT count(*), count(DISTINCT (b.project, b.session_id)), coalesce(min(b.first_ms), 0), coalesce(max(b.last_ms), 0)
FROM blocks b JOIN short s ON s.key = b.location_key
WHERE b.location_length > 0 AND b.location_offset + b.location_length > s.length AND b.location_offset + b.location_length <= s.until
-- session_events: project, received_from, received_to, session_id, limit
SELECT
    e.project, e.uuid, e.name, e.kind, e.time_ms, e.received_ms, e.sent_ms, e.sent_order, e.distinct_id, e.personless, e.session_id, e.window_id, e.url, e.recording_status, e.library, e.env, e.release, e.properties, e.trace_id, e.span_id, e.parent_id, e.conversation_id, e.title, e.model, e.provider, e.start_ms, e.latency_ms, e.first_token_ms, e.http_status, e.is_error, e.error, e.error_group, e.prompt_name, e.prompt_version, e.agent, e.tools, e.mcp_server, e.stop_reason, e.metric_name, e.metric_value, e.score, e.scored, e.truncated, e.untimed, e.input_tokens, e.output_tokens, e.total_tokens, e.cache_read_tokens, e.cache_write_tokens, e.reasoning_tokens, e.cache_write_1h_tokens, e.cache_read_audio_tokens, e.audio_input_tokens, e.audio_output_tokens, e.image_input_tokens, e.image_output_tokens, e.web_searches, e.service_tier, e.cost_state, e.cost_nanos, e.price
FROM events e
WHERE
        -- Of the project asked for, and of the time that the index says of the ids asked for: row groups of other times are skipped.
        e.project = $project AND e.received_ms >= $received_from AND e.received_ms <= $received_to
    AND e.session_id = $session_id
ORDER BY e.time_ms, e.uuid
LIMIT $limit
-- sessions_near: project, before_ms, since_ms, rows
-- As traces_near, over what events and recordings say of sessions.
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
-- Sums of the sessions named. The first and last values are those of the earliest and latest row that has one.
WITH asked AS (
    SELECT DISTINCT unnest($session_ids::VARCHAR[]) AS session_id
), of_events AS (
    SELECT e.session_id, min(e.time_ms) AS first_ms, max(e.time_ms) AS last_ms, count(*) AS events,
        count(*) FILTER (e.kind IN (1, 2)) AS generations, count(*) FILTER (e.kind IN (1, 2) AND e.is_error) AS errors,
        -- A backend may call its user by another id than the browser, which sends the window.
        arg_max(e.distinct_id, (e.window_id <> '', e.time_ms, e.uuid)) FILTER (e.distinct_id <> '') AS distinct_id,
        arg_min(e.url, (e.time_ms, e.uuid)) FILTER (e.url <> '') AS url,
        arg_max(e.recording_status, (e.time_ms, e.uuid)) FILTER (e.recording_status <> '') AS recording_status,
        list(DISTINCT e.window_id) FILTER (e.window_id <> '') AS windows
    FROM events e
    WHERE
        -- Of the project asked for, and of the time that the index says of the ids asked for: row groups of other times are skipped.
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
    -- Once recorded, the recorded windows count; before, those that sent events.
    len(coalesce(b.windows, e.windows, [])),
    coalesce(b.blocks, 0), coalesce(b.bytes, 0),
    coalesce(e.url, b.url, ''), coalesce(e.recording_status, '')
FROM asked a
LEFT JOIN of_events e ON e.session_id = a.session_id
LEFT JOIN of_blocks b ON b.session_id = a.session_id
WHERE e.session_id IS NOT NULL OR b.session_id IS NOT NULL
-- sessions_text_from: project, received_from, received_to, ids
-- How far back the contents go of the sessions that a search looks at.
SELECT coalesce(min(e.time_ms), 0) FROM events e
WHERE
        -- Of the project asked for, and of the time that the index says of the ids asked for: row groups of other times are skipped.
        e.project = $project AND e.received_ms >= $received_from AND e.received_ms <= $received_to
    AND e.session_id IN (SELECT unnest($ids::VARCHAR[]))
-- size: 
SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM blocks)
-- subjects: due_ms, rules, from_ms, to_ms, project, trace_id, uuid, limit
-- What links are derived of: traces, and generations outside of traces, whose own the uuid is.
SELECT DISTINCT s.project, s.trace_id, s.uuid FROM (
    SELECT e.project, e.trace_id, CASE WHEN e.trace_id = '' THEN e.uuid ELSE '00000000-0000-0000-0000-000000000000'::UUID END AS uuid
    FROM events e LEFT JOIN (
        -- What was received before is not enough for an event that was received since.
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
-- subjects_of: project, received_from, received_to, session_ids, limit
SELECT DISTINCT e.trace_id, CASE WHEN e.trace_id = '' THEN e.uuid ELSE '00000000-0000-0000-0000-000000000000'::UUID END
FROM events e
WHERE
        -- Of the project asked for, and of the time that the index says of the ids asked for: row groups of other times are skipped.
        e.project = $project AND e.received_ms >= $received_from AND e.received_ms <= $received_to
    AND e.session_id IN (SELECT unnest($session_ids::VARCHAR[])) AND (e.trace_id <> '' OR e.kind IN (1, 2))
LIMIT $limit
-- texts: 
SELECT number, project, packed, location_key, location_offset, location_length, events, first_ms, last_ms, lines, pairs, head, raw_bytes FROM texts
-- texts_clear: 
DELETE FROM texts
-- texts_drop: numbers
DELETE FROM texts WHERE number IN (SELECT unnest($numbers::BIGINT[]))
-- totals: project
-- Times are the server's own, because clients' clocks err. A link can be made once an LLM event and a block of its
-- session are both there.
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
    e.project, e.uuid, e.name, e.kind, e.time_ms, e.received_ms, e.sent_ms, e.sent_order, e.distinct_id, e.personless, e.session_id, e.window_id, e.url, e.recording_status, e.library, e.env, e.release, e.properties, e.trace_id, e.span_id, e.parent_id, e.conversation_id, e.title, e.model, e.provider, e.start_ms, e.latency_ms, e.first_token_ms, e.http_status, e.is_error, e.error, e.error_group, e.prompt_name, e.prompt_version, e.agent, e.tools, e.mcp_server, e.stop_reason, e.metric_name, e.metric_value, e.score, e.scored, e.truncated, e.untimed, e.input_tokens, e.output_tokens, e.total_tokens, e.cache_read_tokens, e.cache_write_tokens, e.reasoning_tokens, e.cache_write_1h_tokens, e.cache_read_audio_tokens, e.audio_input_tokens, e.audio_output_tokens, e.image_input_tokens, e.image_output_tokens, e.web_searches, e.service_tier, e.cost_state, e.cost_nanos, e.price
FROM events e
WHERE
        -- Of the project asked for, and of the time that the index says of the ids asked for: row groups of other times are skipped.
        e.project = $project AND e.received_ms >= $received_from AND e.received_ms <= $received_to
    AND e.trace_id IN (SELECT unnest($trace_ids::VARCHAR[]))
QUALIFY row_number() OVER (PARTITION BY e.trace_id ORDER BY e.start_ms, e.uuid) <= $limit
ORDER BY e.start_ms, e.uuid
-- trace_events_few: project, received_from, received_to, trace_ids, few
-- trace_events of traces that have few events in all, in less than half the time: in no order, and without a limit for
-- each of them.
SELECT
    e.project, e.uuid, e.name, e.kind, e.time_ms, e.received_ms, e.sent_ms, e.sent_order, e.distinct_id, e.personless, e.session_id, e.window_id, e.url, e.recording_status, e.library, e.env, e.release, e.properties, e.trace_id, e.span_id, e.parent_id, e.conversation_id, e.title, e.model, e.provider, e.start_ms, e.latency_ms, e.first_token_ms, e.http_status, e.is_error, e.error, e.error_group, e.prompt_name, e.prompt_version, e.agent, e.tools, e.mcp_server, e.stop_reason, e.metric_name, e.metric_value, e.score, e.scored, e.truncated, e.untimed, e.input_tokens, e.output_tokens, e.total_tokens, e.cache_read_tokens, e.cache_write_tokens, e.reasoning_tokens, e.cache_write_1h_tokens, e.cache_read_audio_tokens, e.audio_input_tokens, e.audio_output_tokens, e.image_input_tokens, e.image_output_tokens, e.web_searches, e.service_tier, e.cost_state, e.cost_nanos, e.price
FROM events e
WHERE
        -- Of the project asked for, and of the time that the index says of the ids asked for: row groups of other times are skipped.
        e.project = $project AND e.received_ms >= $received_from AND e.received_ms <= $received_to
    AND e.trace_id IN (SELECT unnest($trace_ids::VARCHAR[]))
LIMIT $few
-- trace_events_few_one: project, received_from, received_to, trace_id, few
-- The same of one trace.
SELECT
    e.project, e.uuid, e.name, e.kind, e.time_ms, e.received_ms, e.sent_ms, e.sent_order, e.distinct_id, e.personless, e.session_id, e.window_id, e.url, e.recording_status, e.library, e.env, e.release, e.properties, e.trace_id, e.span_id, e.parent_id, e.conversation_id, e.title, e.model, e.provider, e.start_ms, e.latency_ms, e.first_token_ms, e.http_status, e.is_error, e.error, e.error_group, e.prompt_name, e.prompt_version, e.agent, e.tools, e.mcp_server, e.stop_reason, e.metric_name, e.metric_value, e.score, e.scored, e.truncated, e.untimed, e.input_tokens, e.output_tokens, e.total_tokens, e.cache_read_tokens, e.cache_write_tokens, e.reasoning_tokens, e.cache_write_1h_tokens, e.cache_read_audio_tokens, e.audio_input_tokens, e.audio_output_tokens, e.image_input_tokens, e.image_output_tokens, e.web_searches, e.service_tier, e.cost_state, e.cost_nanos, e.price
FROM events e
WHERE
        -- Of the project asked for, and of the time that the index says of the ids asked for: row groups of other times are skipped.
        e.project = $project AND e.received_ms >= $received_from AND e.received_ms <= $received_to
    AND e.trace_id = $trace_id
LIMIT $few
-- traces_near: rows, since_ms, project, before_ms
-- The traces of the newest $rows events before the cursor: of each, the latest and the earliest of these events, and how
-- many they are. $since_ms narrows the search, from 12 ms to 2 in a million events.
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
        -- Of the project asked for, and of the time that the index says of the ids asked for: row groups of other times are skipped.
        e.project = $project AND e.received_ms >= $received_from AND e.received_ms <= $received_to
    AND e.session_id = $session_id AND e.trace_id <> ''
-- traces_sums: project, received_from, received_to, trace_ids
-- Sums of the traces named. Kinds: 1 generation, 2 embedding, 3 span, 4 trace, 6 feedback (model.Kind). -1 is a token
-- count that was not reported; a sum of nothing reported is -1 again.
SELECT
    e.trace_id,
    -- An explicit trace names its trace, else its root, else the first event that has a name.
    coalesce(
        arg_min(e.title, (e.start_ms, e.uuid)) FILTER (e.kind = 4 AND e.title <> ''),
        arg_min(e.title, (e.start_ms, e.uuid)) FILTER (e.kind IN (1, 2, 3) AND e.title <> '' AND e.parent_id IN ('', e.trace_id)),
        arg_min(e.title, (e.start_ms, e.uuid)) FILTER (e.kind IN (1, 2, 3) AND e.title <> ''), ''),
    coalesce(arg_min(e.conversation_id, (e.start_ms, e.uuid)) FILTER (e.conversation_id <> ''), ''),
    -- Calls have a start; a trace of other events alone has only their times.
    coalesce(min(e.start_ms) FILTER (e.kind IN (1, 2, 3, 4)), min(e.time_ms)),
    coalesce(max(e.start_ms + greatest(e.latency_ms, 0)::BIGINT) FILTER (e.kind IN (1, 2, 3, 4)), max(e.time_ms)),
    max(e.time_ms),
    count(*) FILTER (e.kind IN (1, 2)),
    count(*) FILTER (e.kind = 3),
    -- A trace that failed is one error with its failed calls, not one more.
    greatest(count(*) FILTER (e.is_error AND e.kind <> 4), bool_or(e.is_error)::BIGINT),
    count(*) FILTER (e.kind = 6),
    coalesce(sum(e.latency_ms) FILTER (e.kind IN (1, 2) AND e.latency_ms > 0), 0),
    coalesce(sum(e.input_tokens) FILTER (e.kind IN (1, 2) AND e.input_tokens >= 0), -1)::BIGINT,
    coalesce(sum(e.output_tokens) FILTER (e.kind IN (1, 2) AND e.output_tokens >= 0), -1)::BIGINT,
    coalesce(sum(e.total_tokens) FILTER (e.kind IN (1, 2) AND e.total_tokens >= 0), -1)::BIGINT,
    coalesce(sum(e.cache_read_tokens) FILTER (e.kind IN (1, 2) AND e.cache_read_tokens >= 0), -1)::BIGINT,
    coalesce(sum(e.cache_write_tokens) FILTER (e.kind IN (1, 2) AND e.cache_write_tokens >= 0), -1)::BIGINT,
    coalesce(sum(e.reasoning_tokens) FILTER (e.kind IN (1, 2) AND e.reasoning_tokens >= 0), -1)::BIGINT,
    -- Costs of states 1 and 2 are known (model.CostState). Parents that repeat what their children used are spans, which have none.
    coalesce(sum(e.cost_nanos) FILTER (e.kind IN (1, 2) AND e.cost_state IN (1, 2)), -1)::BIGINT,
    count(*) FILTER (e.kind IN (1, 2) AND e.cost_state NOT IN (1, 2)),
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
        -- Of the project asked for, and of the time that the index says of the ids asked for: row groups of other times are skipped.
        e.project = $project AND e.received_ms >= $received_from AND e.received_ms <= $received_to
    AND e.trace_id IN (SELECT unnest($trace_ids::VARCHAR[]))
GROUP BY e.trace_id
-- traces_text_from: project, received_from, received_to, ids
-- How far back the contents go of the traces that a search looks at. A trace may be much older than its last event.
SELECT coalesce(min(e.time_ms), 0) FROM events e
WHERE
        -- Of the project asked for, and of the time that the index says of the ids asked for: row groups of other times are skipped.
        e.project = $project AND e.received_ms >= $received_from AND e.received_ms <= $received_to
    AND e.trace_id IN (SELECT unnest($ids::VARCHAR[]))
