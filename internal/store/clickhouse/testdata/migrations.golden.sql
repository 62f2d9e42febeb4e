-- cluster "", replicated false
CREATE TABLE IF NOT EXISTS nodes (
    id             String,
    version        UInt64,
    name           String,
    release        String,
    started_ms     Int64,
    seen_ms        Int64,
    clock_ms       Int64,
    clock_error_ms Int64,
    settings       Map(String, String)
)
ENGINE = ReplacingMergeTree(version)
ORDER BY id
TTL toDateTime(intDiv(seen_ms, 1000)) + toIntervalDay(1);

ALTER TABLE events ADD INDEX IF NOT EXISTS conversation_ids conversation_id TYPE text(tokenizer = 'array');

ALTER TABLE events MATERIALIZE INDEX conversation_ids;

CREATE TABLE IF NOT EXISTS events (
    project LowCardinality(String),
    uuid UUID,
    name LowCardinality(String),
    kind UInt8 CODEC(ZSTD),
    time_ms Int64 CODEC(Delta, ZSTD),
    received_ms Int64 CODEC(Delta, ZSTD),
    sent_ms Int64 CODEC(Delta, ZSTD),
    sent_order Int32 CODEC(ZSTD),
    distinct_id String CODEC(ZSTD),
    personless Bool CODEC(ZSTD),
    session_id String CODEC(ZSTD),
    window_id String CODEC(ZSTD),
    url String CODEC(ZSTD),
    recording_status LowCardinality(String),
    library LowCardinality(String),
    env LowCardinality(String),
    release LowCardinality(String),
    country LowCardinality(String),
    browser LowCardinality(String),
    os LowCardinality(String),
    device LowCardinality(String),
    screen LowCardinality(String),
    properties Map(LowCardinality(String), String) CODEC(ZSTD),
    trace_id String CODEC(ZSTD),
    span_id String CODEC(ZSTD),
    parent_id String CODEC(ZSTD),
    conversation_id String CODEC(ZSTD),
    title String CODEC(ZSTD),
    model LowCardinality(String),
    provider LowCardinality(String),
    start_ms Int64 CODEC(Delta, ZSTD),
    latency_ms Float64 CODEC(ZSTD),
    first_token_ms Float64 CODEC(ZSTD),
    http_status Int32 CODEC(ZSTD),
    is_error Bool CODEC(ZSTD),
    stopped Bool CODEC(ZSTD),
    error String CODEC(ZSTD),
    error_group LowCardinality(String),
    prompt_name LowCardinality(String),
    prompt_version LowCardinality(String),
    agent LowCardinality(String),
    tools LowCardinality(String),
    mcp_server LowCardinality(String),
    stop_reason LowCardinality(String),
    metric_name LowCardinality(String),
    metric_value String CODEC(ZSTD),
    score Float64 CODEC(ZSTD),
    scored Bool CODEC(ZSTD),
    truncated Bool CODEC(ZSTD),
    untimed Bool CODEC(ZSTD),
    input_tokens Int64 CODEC(ZSTD),
    output_tokens Int64 CODEC(ZSTD),
    total_tokens Int64 CODEC(ZSTD),
    cache_read_tokens Int64 CODEC(ZSTD),
    cache_write_tokens Int64 CODEC(ZSTD),
    reasoning_tokens Int64 CODEC(ZSTD),
    cache_write_1h_tokens Int64 CODEC(ZSTD),
    cache_read_audio_tokens Int64 CODEC(ZSTD),
    audio_input_tokens Int64 CODEC(ZSTD),
    audio_output_tokens Int64 CODEC(ZSTD),
    image_input_tokens Int64 CODEC(ZSTD),
    image_output_tokens Int64 CODEC(ZSTD),
    web_searches Int64 CODEC(ZSTD),
    service_tier LowCardinality(String),
    cost_state UInt8 CODEC(ZSTD),
    cost_nanos Int64 CODEC(ZSTD),
    price LowCardinality(String),
    sort_ms Int64 CODEC(Delta, ZSTD),
    version UInt64 CODEC(Delta, ZSTD),
    INDEX by_time time_ms TYPE minmax,
    INDEX by_start start_ms TYPE minmax,
    INDEX by_received received_ms TYPE minmax,
    INDEX by_uuid uuid TYPE bloom_filter(0.001),
    INDEX trace_ids trace_id TYPE text(tokenizer = 'array'),
    INDEX session_ids session_id TYPE text(tokenizer = 'array'),
    INDEX person_ids distinct_id TYPE text(tokenizer = 'array')
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(fromUnixTimestamp64Milli(sort_ms, 'UTC'))
ORDER BY (project, sort_ms, uuid)
SETTINGS index_granularity = 256, min_compress_block_size = 8192, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS contents (
    project LowCardinality(String),
    uuid UUID,
    time_ms Int64 CODEC(Delta, ZSTD),
    input String CODEC(ZSTD(3)),
    output String CODEC(ZSTD(3)),
    tools String CODEC(ZSTD(3)),
    properties String CODEC(ZSTD(3)),
    input_preview String CODEC(ZSTD),
    output_preview String CODEC(ZSTD),
    sort_ms Int64 CODEC(Delta, ZSTD),
    version UInt64 CODEC(Delta, ZSTD),
    INDEX by_time time_ms TYPE minmax
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(fromUnixTimestamp64Milli(sort_ms, 'UTC'))
ORDER BY (project, sort_ms, uuid)
SETTINGS index_granularity = 256, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS identities (
    project LowCardinality(String),
    uuid UUID,
    time_ms Int64 CODEC(Delta, ZSTD),
    id String CODEC(ZSTD),
    other_id String CODEC(ZSTD),
    name String CODEC(ZSTD),
    email String CODEC(ZSTD),
    version UInt64 CODEC(Delta, ZSTD),
    INDEX by_other other_id TYPE bloom_filter(0.01)
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (project, id, other_id, uuid)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS blocks (
    project LowCardinality(String),
    uuid UUID,
    session_id String CODEC(ZSTD),
    window_id String CODEC(ZSTD),
    distinct_id String CODEC(ZSTD),
    received_ms Int64 CODEC(Delta, ZSTD),
    sent_ms Int64 CODEC(Delta, ZSTD),
    first_ms Int64 CODEC(Delta, ZSTD),
    last_ms Int64 CODEC(Delta, ZSTD),
    raw_bytes Int64 CODEC(ZSTD),
    events Int32 CODEC(ZSTD),
    clicks Int32 CODEC(ZSTD),
    keys Int32 CODEC(ZSTD),
    first_input_ms Int64 CODEC(Delta, ZSTD),
    last_input_ms Int64 CODEC(Delta, ZSTD),
    console_errors Int32 CODEC(ZSTD),
    dropped_mutations Int32 CODEC(ZSTD),
    oversized_mutations Int32 CODEC(ZSTD),
    url String CODEC(ZSTD),
    snapshot_ms Array(Int64) CODEC(ZSTD),
    snapshot_line Array(Int32) CODEC(ZSTD),
    location_key String CODEC(ZSTD),
    location_offset Int64 CODEC(ZSTD),
    location_length Int64 CODEC(ZSTD),
    version UInt64 CODEC(Delta, ZSTD),
    INDEX by_time last_ms TYPE minmax,
    INDEX by_received received_ms TYPE minmax,
    INDEX by_location location_key TYPE bloom_filter(0.01)
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(fromUnixTimestamp64Milli(first_ms, 'UTC'))
ORDER BY (project, session_id, uuid)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS saved (
    project LowCardinality(String),
    uuid UUID,
    id UUID,
    kind LowCardinality(String),
    at_ms Int64 CODEC(ZSTD),
    gone Bool CODEC(ZSTD),
    body String CODEC(ZSTD),
    version UInt64 CODEC(Delta, ZSTD)
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (project, kind, id, uuid)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS refusals (
    project LowCardinality(String),
    first_ms Int64 CODEC(Delta, ZSTD),
    last_ms Int64 CODEC(Delta, ZSTD),
    reason LowCardinality(String),
    event String CODEC(ZSTD),
    library LowCardinality(String),
    detail String CODEC(ZSTD),
    bytes Int64 CODEC(ZSTD),
    count Int64 CODEC(ZSTD)
)
ENGINE = MergeTree
ORDER BY (project, last_ms)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS links (
    project LowCardinality(String),
    trace_id String CODEC(ZSTD),
    uuid UUID,
    rules Int32 CODEC(ZSTD),
    time_ms Int64 CODEC(Delta, ZSTD),
    received_ms Int64 CODEC(Delta, ZSTD),
    state LowCardinality(String),
    method LowCardinality(String),
    reason LowCardinality(String),
    clamped LowCardinality(String),
    session_id String CODEC(ZSTD),
    window_id String CODEC(ZSTD),
    start_ms Int64 CODEC(Delta, ZSTD),
    moment_ms Int64 CODEC(Delta, ZSTD),
    detail LowCardinality(String),
    confidence Float64 CODEC(ZSTD),
    clock_offset_ms Int64 CODEC(ZSTD),
    clock_uncertainty_ms Int64 CODEC(ZSTD),
    candidates String CODEC(ZSTD),
    person String CODEC(ZSTD),
    derived_ms Int64 CODEC(Delta, ZSTD),
    again_ms Int64 CODEC(Delta, ZSTD),
    version UInt64 CODEC(Delta, ZSTD),
    INDEX by_received received_ms TYPE minmax,
    INDEX by_again again_ms TYPE minmax,
    INDEX by_start start_ms TYPE minmax,
    INDEX person_ids person TYPE text(tokenizer = 'array'),
    INDEX session_ids session_id TYPE text(tokenizer = 'array')
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (project, trace_id, uuid, rules)
SETTINGS index_granularity = 256, min_compress_block_size = 8192, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS experiences (
    project LowCardinality(String),
    trace_id String CODEC(ZSTD),
    uuid UUID,
    rules Int32 CODEC(ZSTD),
    time_ms Int64 CODEC(Delta, ZSTD),
    received_ms Int64 CODEC(Delta, ZSTD),
    session_id String CODEC(ZSTD),
    window_id String CODEC(ZSTD),
    state LowCardinality(String),
    reason LowCardinality(String),
    asked_ms Int64 CODEC(Delta, ZSTD),
    first_words_ms Int64 CODEC(Delta, ZSTD),
    last_words_ms Int64 CODEC(Delta, ZSTD),
    stalls Array(Int64) CODEC(ZSTD),
    wait_ms Int64 CODEC(ZSTD),
    smoothness Float64 CODEC(ZSTD),
    share Float64 CODEC(ZSTD),
    share_uncertainty Float64 CODEC(ZSTD),
    uncertainty_ms Int64 CODEC(ZSTD),
    node Int64 CODEC(ZSTD),
    signals String CODEC(ZSTD),
    kinds LowCardinality(String),
    kind_bits Int64 CODEC(ZSTD),
    before_request_ms Int64 CODEC(ZSTD),
    previous_wait_ms Int64 CODEC(ZSTD),
    answer_wait_ms Int64 CODEC(ZSTD),
    previous_kinds Int64 CODEC(ZSTD),
    country LowCardinality(String),
    visitor LowCardinality(String),
    derived_ms Int64 CODEC(Delta, ZSTD),
    again_ms Int64 CODEC(Delta, ZSTD),
    moment_ms Int64 CODEC(Delta, ZSTD),
    clock_offset_ms Int64 CODEC(ZSTD),
    clock_uncertainty_ms Int64 CODEC(ZSTD),
    unseen_tokens Int64 CODEC(ZSTD),
    first_before_ms Int64 CODEC(ZSTD),
    first_token_ms Int64 CODEC(ZSTD),
    first_latency_ms Int64 CODEC(ZSTD),
    first_sent_ms Int64 CODEC(ZSTD),
    first_queue_ms Int64 CODEC(ZSTD),
    first_arrived_ms Int64 CODEC(ZSTD),
    of_kind UInt8 CODEC(ZSTD),
    of_start_ms Int64 CODEC(Delta, ZSTD),
    of_output_tokens Int64 CODEC(ZSTD),
    of_model LowCardinality(String),
    of_provider LowCardinality(String),
    of_prompt_name LowCardinality(String),
    of_prompt_version LowCardinality(String),
    of_agent LowCardinality(String),
    of_tools LowCardinality(String),
    of_env LowCardinality(String),
    of_release LowCardinality(String),
    version UInt64 CODEC(Delta, ZSTD),
    INDEX by_received received_ms TYPE minmax,
    INDEX by_again again_ms TYPE minmax,
    INDEX session_ids session_id TYPE text(tokenizer = 'array')
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (project, trace_id, uuid, rules)
SETTINGS index_granularity = 256, min_compress_block_size = 8192, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS activity (
    project LowCardinality(String),
    uuid UUID,
    position Int64 CODEC(Delta, ZSTD),
    rules Int32 CODEC(ZSTD),
    session_id String CODEC(ZSTD),
    window_id String CODEC(ZSTD),
    time_ms Int64 CODEC(Delta, ZSTD),
    received_ms Int64 CODEC(Delta, ZSTD),
    at_ms Int64 CODEC(Delta, ZSTD),
    end_ms Int64 CODEC(Delta, ZSTD),
    kind LowCardinality(String),
    label String CODEC(ZSTD),
    detail String CODEC(ZSTD),
    page String CODEC(ZSTD),
    node Int64 CODEC(ZSTD),
    status Int32 CODEC(ZSTD),
    first_byte_ms Int64 CODEC(ZSTD),
    dead Bool CODEC(ZSTD),
    rage Bool CODEC(ZSTD),
    failed Bool CODEC(ZSTD),
    derived_ms Int64 CODEC(Delta, ZSTD),
    version UInt64 CODEC(Delta, ZSTD),
    INDEX by_received received_ms TYPE minmax,
    INDEX session_ids session_id TYPE text(tokenizer = 'array'),
    INDEX labels label TYPE text(tokenizer = 'array')
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(fromUnixTimestamp64Milli(time_ms, 'UTC'))
ORDER BY (project, session_id, uuid, position, rules)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS clues (
    project LowCardinality(String),
    hash Int64 CODEC(ZSTD),
    uuid UUID,
    rules Int32 CODEC(ZSTD),
    trace_id String CODEC(ZSTD),
    session_id String CODEC(ZSTD),
    window_id String CODEC(ZSTD),
    at_ms Int64 CODEC(Delta, ZSTD),
    end_ms Int64 CODEC(Delta, ZSTD),
    time_ms Int64 CODEC(Delta, ZSTD),
    received_ms Int64 CODEC(Delta, ZSTD),
    derived_ms Int64 CODEC(Delta, ZSTD),
    version UInt64 CODEC(Delta, ZSTD),
    INDEX by_time at_ms TYPE minmax
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(fromUnixTimestamp64Milli(time_ms, 'UTC'))
ORDER BY (project, hash, uuid, rules)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1;

ALTER TABLE events ADD COLUMN IF NOT EXISTS uuid UUID;

ALTER TABLE events ADD COLUMN IF NOT EXISTS name LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS kind UInt8 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS time_ms Int64 CODEC(Delta, ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS received_ms Int64 CODEC(Delta, ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS sent_ms Int64 CODEC(Delta, ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS sent_order Int32 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS distinct_id String CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS personless Bool CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS session_id String CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS window_id String CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS url String CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS recording_status LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS library LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS env LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS release LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS country LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS browser LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS os LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS device LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS screen LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS properties Map(LowCardinality(String), String) CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS trace_id String CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS span_id String CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS parent_id String CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS conversation_id String CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS title String CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS model LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS provider LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS start_ms Int64 CODEC(Delta, ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS latency_ms Float64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS first_token_ms Float64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS http_status Int32 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS is_error Bool CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS stopped Bool CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS error String CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS error_group LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS prompt_name LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS prompt_version LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS agent LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS tools LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS mcp_server LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS stop_reason LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS metric_name LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS metric_value String CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS score Float64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS scored Bool CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS truncated Bool CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS untimed Bool CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS input_tokens Int64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS output_tokens Int64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS total_tokens Int64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS cache_read_tokens Int64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS cache_write_tokens Int64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS reasoning_tokens Int64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS cache_write_1h_tokens Int64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS cache_read_audio_tokens Int64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS audio_input_tokens Int64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS audio_output_tokens Int64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS image_input_tokens Int64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS image_output_tokens Int64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS web_searches Int64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS service_tier LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS cost_state UInt8 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS cost_nanos Int64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS price LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS sort_ms Int64 CODEC(Delta, ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS version UInt64 CODEC(Delta, ZSTD);

-- cluster "shards", replicated false
CREATE TABLE IF NOT EXISTS nodes_local (
    id             String,
    version        UInt64,
    name           String,
    release        String,
    started_ms     Int64,
    seen_ms        Int64,
    clock_ms       Int64,
    clock_error_ms Int64,
    settings       Map(String, String)
)
ENGINE = ReplacingMergeTree(version)
ORDER BY id
TTL toDateTime(intDiv(seen_ms, 1000)) + toIntervalDay(1);

CREATE TABLE IF NOT EXISTS nodes AS nodes_local ENGINE = Distributed(`shards`, `playhead`, nodes_local, sipHash64(id));

ALTER TABLE events_local ADD INDEX IF NOT EXISTS conversation_ids conversation_id TYPE text(tokenizer = 'array');

ALTER TABLE events_local MATERIALIZE INDEX conversation_ids;

CREATE TABLE IF NOT EXISTS events_local (
    project LowCardinality(String),
    uuid UUID,
    name LowCardinality(String),
    kind UInt8 CODEC(ZSTD),
    time_ms Int64 CODEC(Delta, ZSTD),
    received_ms Int64 CODEC(Delta, ZSTD),
    sent_ms Int64 CODEC(Delta, ZSTD),
    sent_order Int32 CODEC(ZSTD),
    distinct_id String CODEC(ZSTD),
    personless Bool CODEC(ZSTD),
    session_id String CODEC(ZSTD),
    window_id String CODEC(ZSTD),
    url String CODEC(ZSTD),
    recording_status LowCardinality(String),
    library LowCardinality(String),
    env LowCardinality(String),
    release LowCardinality(String),
    country LowCardinality(String),
    browser LowCardinality(String),
    os LowCardinality(String),
    device LowCardinality(String),
    screen LowCardinality(String),
    properties Map(LowCardinality(String), String) CODEC(ZSTD),
    trace_id String CODEC(ZSTD),
    span_id String CODEC(ZSTD),
    parent_id String CODEC(ZSTD),
    conversation_id String CODEC(ZSTD),
    title String CODEC(ZSTD),
    model LowCardinality(String),
    provider LowCardinality(String),
    start_ms Int64 CODEC(Delta, ZSTD),
    latency_ms Float64 CODEC(ZSTD),
    first_token_ms Float64 CODEC(ZSTD),
    http_status Int32 CODEC(ZSTD),
    is_error Bool CODEC(ZSTD),
    stopped Bool CODEC(ZSTD),
    error String CODEC(ZSTD),
    error_group LowCardinality(String),
    prompt_name LowCardinality(String),
    prompt_version LowCardinality(String),
    agent LowCardinality(String),
    tools LowCardinality(String),
    mcp_server LowCardinality(String),
    stop_reason LowCardinality(String),
    metric_name LowCardinality(String),
    metric_value String CODEC(ZSTD),
    score Float64 CODEC(ZSTD),
    scored Bool CODEC(ZSTD),
    truncated Bool CODEC(ZSTD),
    untimed Bool CODEC(ZSTD),
    input_tokens Int64 CODEC(ZSTD),
    output_tokens Int64 CODEC(ZSTD),
    total_tokens Int64 CODEC(ZSTD),
    cache_read_tokens Int64 CODEC(ZSTD),
    cache_write_tokens Int64 CODEC(ZSTD),
    reasoning_tokens Int64 CODEC(ZSTD),
    cache_write_1h_tokens Int64 CODEC(ZSTD),
    cache_read_audio_tokens Int64 CODEC(ZSTD),
    audio_input_tokens Int64 CODEC(ZSTD),
    audio_output_tokens Int64 CODEC(ZSTD),
    image_input_tokens Int64 CODEC(ZSTD),
    image_output_tokens Int64 CODEC(ZSTD),
    web_searches Int64 CODEC(ZSTD),
    service_tier LowCardinality(String),
    cost_state UInt8 CODEC(ZSTD),
    cost_nanos Int64 CODEC(ZSTD),
    price LowCardinality(String),
    sort_ms Int64 CODEC(Delta, ZSTD),
    version UInt64 CODEC(Delta, ZSTD),
    INDEX by_time time_ms TYPE minmax,
    INDEX by_start start_ms TYPE minmax,
    INDEX by_received received_ms TYPE minmax,
    INDEX by_uuid uuid TYPE bloom_filter(0.001),
    INDEX trace_ids trace_id TYPE text(tokenizer = 'array'),
    INDEX session_ids session_id TYPE text(tokenizer = 'array'),
    INDEX person_ids distinct_id TYPE text(tokenizer = 'array')
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(fromUnixTimestamp64Milli(sort_ms, 'UTC'))
ORDER BY (project, sort_ms, uuid)
SETTINGS index_granularity = 256, min_compress_block_size = 8192, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS events AS events_local ENGINE = Distributed(`shards`, `playhead`, events_local, sipHash64(uuid));

CREATE TABLE IF NOT EXISTS contents_local (
    project LowCardinality(String),
    uuid UUID,
    time_ms Int64 CODEC(Delta, ZSTD),
    input String CODEC(ZSTD(3)),
    output String CODEC(ZSTD(3)),
    tools String CODEC(ZSTD(3)),
    properties String CODEC(ZSTD(3)),
    input_preview String CODEC(ZSTD),
    output_preview String CODEC(ZSTD),
    sort_ms Int64 CODEC(Delta, ZSTD),
    version UInt64 CODEC(Delta, ZSTD),
    INDEX by_time time_ms TYPE minmax
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(fromUnixTimestamp64Milli(sort_ms, 'UTC'))
ORDER BY (project, sort_ms, uuid)
SETTINGS index_granularity = 256, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS contents AS contents_local ENGINE = Distributed(`shards`, `playhead`, contents_local, sipHash64(uuid));

CREATE TABLE IF NOT EXISTS identities_local (
    project LowCardinality(String),
    uuid UUID,
    time_ms Int64 CODEC(Delta, ZSTD),
    id String CODEC(ZSTD),
    other_id String CODEC(ZSTD),
    name String CODEC(ZSTD),
    email String CODEC(ZSTD),
    version UInt64 CODEC(Delta, ZSTD),
    INDEX by_other other_id TYPE bloom_filter(0.01)
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (project, id, other_id, uuid)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS identities AS identities_local ENGINE = Distributed(`shards`, `playhead`, identities_local, sipHash64(uuid));

CREATE TABLE IF NOT EXISTS blocks_local (
    project LowCardinality(String),
    uuid UUID,
    session_id String CODEC(ZSTD),
    window_id String CODEC(ZSTD),
    distinct_id String CODEC(ZSTD),
    received_ms Int64 CODEC(Delta, ZSTD),
    sent_ms Int64 CODEC(Delta, ZSTD),
    first_ms Int64 CODEC(Delta, ZSTD),
    last_ms Int64 CODEC(Delta, ZSTD),
    raw_bytes Int64 CODEC(ZSTD),
    events Int32 CODEC(ZSTD),
    clicks Int32 CODEC(ZSTD),
    keys Int32 CODEC(ZSTD),
    first_input_ms Int64 CODEC(Delta, ZSTD),
    last_input_ms Int64 CODEC(Delta, ZSTD),
    console_errors Int32 CODEC(ZSTD),
    dropped_mutations Int32 CODEC(ZSTD),
    oversized_mutations Int32 CODEC(ZSTD),
    url String CODEC(ZSTD),
    snapshot_ms Array(Int64) CODEC(ZSTD),
    snapshot_line Array(Int32) CODEC(ZSTD),
    location_key String CODEC(ZSTD),
    location_offset Int64 CODEC(ZSTD),
    location_length Int64 CODEC(ZSTD),
    version UInt64 CODEC(Delta, ZSTD),
    INDEX by_time last_ms TYPE minmax,
    INDEX by_received received_ms TYPE minmax,
    INDEX by_location location_key TYPE bloom_filter(0.01)
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(fromUnixTimestamp64Milli(first_ms, 'UTC'))
ORDER BY (project, session_id, uuid)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS blocks AS blocks_local ENGINE = Distributed(`shards`, `playhead`, blocks_local, sipHash64(uuid));

CREATE TABLE IF NOT EXISTS saved_local (
    project LowCardinality(String),
    uuid UUID,
    id UUID,
    kind LowCardinality(String),
    at_ms Int64 CODEC(ZSTD),
    gone Bool CODEC(ZSTD),
    body String CODEC(ZSTD),
    version UInt64 CODEC(Delta, ZSTD)
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (project, kind, id, uuid)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS saved AS saved_local ENGINE = Distributed(`shards`, `playhead`, saved_local, sipHash64(uuid));

CREATE TABLE IF NOT EXISTS refusals_local (
    project LowCardinality(String),
    first_ms Int64 CODEC(Delta, ZSTD),
    last_ms Int64 CODEC(Delta, ZSTD),
    reason LowCardinality(String),
    event String CODEC(ZSTD),
    library LowCardinality(String),
    detail String CODEC(ZSTD),
    bytes Int64 CODEC(ZSTD),
    count Int64 CODEC(ZSTD)
)
ENGINE = MergeTree
ORDER BY (project, last_ms)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS refusals AS refusals_local ENGINE = Distributed(`shards`, `playhead`, refusals_local, rand());

CREATE TABLE IF NOT EXISTS links_local (
    project LowCardinality(String),
    trace_id String CODEC(ZSTD),
    uuid UUID,
    rules Int32 CODEC(ZSTD),
    time_ms Int64 CODEC(Delta, ZSTD),
    received_ms Int64 CODEC(Delta, ZSTD),
    state LowCardinality(String),
    method LowCardinality(String),
    reason LowCardinality(String),
    clamped LowCardinality(String),
    session_id String CODEC(ZSTD),
    window_id String CODEC(ZSTD),
    start_ms Int64 CODEC(Delta, ZSTD),
    moment_ms Int64 CODEC(Delta, ZSTD),
    detail LowCardinality(String),
    confidence Float64 CODEC(ZSTD),
    clock_offset_ms Int64 CODEC(ZSTD),
    clock_uncertainty_ms Int64 CODEC(ZSTD),
    candidates String CODEC(ZSTD),
    person String CODEC(ZSTD),
    derived_ms Int64 CODEC(Delta, ZSTD),
    again_ms Int64 CODEC(Delta, ZSTD),
    version UInt64 CODEC(Delta, ZSTD),
    INDEX by_received received_ms TYPE minmax,
    INDEX by_again again_ms TYPE minmax,
    INDEX by_start start_ms TYPE minmax,
    INDEX person_ids person TYPE text(tokenizer = 'array'),
    INDEX session_ids session_id TYPE text(tokenizer = 'array')
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (project, trace_id, uuid, rules)
SETTINGS index_granularity = 256, min_compress_block_size = 8192, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS links AS links_local ENGINE = Distributed(`shards`, `playhead`, links_local, sipHash64(trace_id, uuid));

CREATE TABLE IF NOT EXISTS experiences_local (
    project LowCardinality(String),
    trace_id String CODEC(ZSTD),
    uuid UUID,
    rules Int32 CODEC(ZSTD),
    time_ms Int64 CODEC(Delta, ZSTD),
    received_ms Int64 CODEC(Delta, ZSTD),
    session_id String CODEC(ZSTD),
    window_id String CODEC(ZSTD),
    state LowCardinality(String),
    reason LowCardinality(String),
    asked_ms Int64 CODEC(Delta, ZSTD),
    first_words_ms Int64 CODEC(Delta, ZSTD),
    last_words_ms Int64 CODEC(Delta, ZSTD),
    stalls Array(Int64) CODEC(ZSTD),
    wait_ms Int64 CODEC(ZSTD),
    smoothness Float64 CODEC(ZSTD),
    share Float64 CODEC(ZSTD),
    share_uncertainty Float64 CODEC(ZSTD),
    uncertainty_ms Int64 CODEC(ZSTD),
    node Int64 CODEC(ZSTD),
    signals String CODEC(ZSTD),
    kinds LowCardinality(String),
    kind_bits Int64 CODEC(ZSTD),
    before_request_ms Int64 CODEC(ZSTD),
    previous_wait_ms Int64 CODEC(ZSTD),
    answer_wait_ms Int64 CODEC(ZSTD),
    previous_kinds Int64 CODEC(ZSTD),
    country LowCardinality(String),
    visitor LowCardinality(String),
    derived_ms Int64 CODEC(Delta, ZSTD),
    again_ms Int64 CODEC(Delta, ZSTD),
    moment_ms Int64 CODEC(Delta, ZSTD),
    clock_offset_ms Int64 CODEC(ZSTD),
    clock_uncertainty_ms Int64 CODEC(ZSTD),
    unseen_tokens Int64 CODEC(ZSTD),
    first_before_ms Int64 CODEC(ZSTD),
    first_token_ms Int64 CODEC(ZSTD),
    first_latency_ms Int64 CODEC(ZSTD),
    first_sent_ms Int64 CODEC(ZSTD),
    first_queue_ms Int64 CODEC(ZSTD),
    first_arrived_ms Int64 CODEC(ZSTD),
    of_kind UInt8 CODEC(ZSTD),
    of_start_ms Int64 CODEC(Delta, ZSTD),
    of_output_tokens Int64 CODEC(ZSTD),
    of_model LowCardinality(String),
    of_provider LowCardinality(String),
    of_prompt_name LowCardinality(String),
    of_prompt_version LowCardinality(String),
    of_agent LowCardinality(String),
    of_tools LowCardinality(String),
    of_env LowCardinality(String),
    of_release LowCardinality(String),
    version UInt64 CODEC(Delta, ZSTD),
    INDEX by_received received_ms TYPE minmax,
    INDEX by_again again_ms TYPE minmax,
    INDEX session_ids session_id TYPE text(tokenizer = 'array')
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (project, trace_id, uuid, rules)
SETTINGS index_granularity = 256, min_compress_block_size = 8192, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS experiences AS experiences_local ENGINE = Distributed(`shards`, `playhead`, experiences_local, sipHash64(trace_id, uuid));

CREATE TABLE IF NOT EXISTS activity_local (
    project LowCardinality(String),
    uuid UUID,
    position Int64 CODEC(Delta, ZSTD),
    rules Int32 CODEC(ZSTD),
    session_id String CODEC(ZSTD),
    window_id String CODEC(ZSTD),
    time_ms Int64 CODEC(Delta, ZSTD),
    received_ms Int64 CODEC(Delta, ZSTD),
    at_ms Int64 CODEC(Delta, ZSTD),
    end_ms Int64 CODEC(Delta, ZSTD),
    kind LowCardinality(String),
    label String CODEC(ZSTD),
    detail String CODEC(ZSTD),
    page String CODEC(ZSTD),
    node Int64 CODEC(ZSTD),
    status Int32 CODEC(ZSTD),
    first_byte_ms Int64 CODEC(ZSTD),
    dead Bool CODEC(ZSTD),
    rage Bool CODEC(ZSTD),
    failed Bool CODEC(ZSTD),
    derived_ms Int64 CODEC(Delta, ZSTD),
    version UInt64 CODEC(Delta, ZSTD),
    INDEX by_received received_ms TYPE minmax,
    INDEX session_ids session_id TYPE text(tokenizer = 'array'),
    INDEX labels label TYPE text(tokenizer = 'array')
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(fromUnixTimestamp64Milli(time_ms, 'UTC'))
ORDER BY (project, session_id, uuid, position, rules)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS activity AS activity_local ENGINE = Distributed(`shards`, `playhead`, activity_local, sipHash64(uuid));

CREATE TABLE IF NOT EXISTS clues_local (
    project LowCardinality(String),
    hash Int64 CODEC(ZSTD),
    uuid UUID,
    rules Int32 CODEC(ZSTD),
    trace_id String CODEC(ZSTD),
    session_id String CODEC(ZSTD),
    window_id String CODEC(ZSTD),
    at_ms Int64 CODEC(Delta, ZSTD),
    end_ms Int64 CODEC(Delta, ZSTD),
    time_ms Int64 CODEC(Delta, ZSTD),
    received_ms Int64 CODEC(Delta, ZSTD),
    derived_ms Int64 CODEC(Delta, ZSTD),
    version UInt64 CODEC(Delta, ZSTD),
    INDEX by_time at_ms TYPE minmax
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(fromUnixTimestamp64Milli(time_ms, 'UTC'))
ORDER BY (project, hash, uuid, rules)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS clues AS clues_local ENGINE = Distributed(`shards`, `playhead`, clues_local, sipHash64(uuid));

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS uuid UUID;

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS name LowCardinality(String);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS kind UInt8 CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS time_ms Int64 CODEC(Delta, ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS received_ms Int64 CODEC(Delta, ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS sent_ms Int64 CODEC(Delta, ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS sent_order Int32 CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS distinct_id String CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS personless Bool CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS session_id String CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS window_id String CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS url String CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS recording_status LowCardinality(String);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS library LowCardinality(String);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS env LowCardinality(String);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS release LowCardinality(String);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS country LowCardinality(String);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS browser LowCardinality(String);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS os LowCardinality(String);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS device LowCardinality(String);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS screen LowCardinality(String);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS properties Map(LowCardinality(String), String) CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS trace_id String CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS span_id String CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS parent_id String CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS conversation_id String CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS title String CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS model LowCardinality(String);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS provider LowCardinality(String);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS start_ms Int64 CODEC(Delta, ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS latency_ms Float64 CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS first_token_ms Float64 CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS http_status Int32 CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS is_error Bool CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS stopped Bool CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS error String CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS error_group LowCardinality(String);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS prompt_name LowCardinality(String);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS prompt_version LowCardinality(String);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS agent LowCardinality(String);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS tools LowCardinality(String);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS mcp_server LowCardinality(String);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS stop_reason LowCardinality(String);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS metric_name LowCardinality(String);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS metric_value String CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS score Float64 CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS scored Bool CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS truncated Bool CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS untimed Bool CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS input_tokens Int64 CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS output_tokens Int64 CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS total_tokens Int64 CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS cache_read_tokens Int64 CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS cache_write_tokens Int64 CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS reasoning_tokens Int64 CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS cache_write_1h_tokens Int64 CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS cache_read_audio_tokens Int64 CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS audio_input_tokens Int64 CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS audio_output_tokens Int64 CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS image_input_tokens Int64 CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS image_output_tokens Int64 CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS web_searches Int64 CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS service_tier LowCardinality(String);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS cost_state UInt8 CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS cost_nanos Int64 CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS price LowCardinality(String);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS sort_ms Int64 CODEC(Delta, ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS version UInt64 CODEC(Delta, ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS uuid UUID;

ALTER TABLE events ADD COLUMN IF NOT EXISTS name LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS kind UInt8 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS time_ms Int64 CODEC(Delta, ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS received_ms Int64 CODEC(Delta, ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS sent_ms Int64 CODEC(Delta, ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS sent_order Int32 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS distinct_id String CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS personless Bool CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS session_id String CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS window_id String CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS url String CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS recording_status LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS library LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS env LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS release LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS country LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS browser LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS os LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS device LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS screen LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS properties Map(LowCardinality(String), String) CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS trace_id String CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS span_id String CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS parent_id String CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS conversation_id String CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS title String CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS model LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS provider LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS start_ms Int64 CODEC(Delta, ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS latency_ms Float64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS first_token_ms Float64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS http_status Int32 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS is_error Bool CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS stopped Bool CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS error String CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS error_group LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS prompt_name LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS prompt_version LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS agent LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS tools LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS mcp_server LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS stop_reason LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS metric_name LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS metric_value String CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS score Float64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS scored Bool CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS truncated Bool CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS untimed Bool CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS input_tokens Int64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS output_tokens Int64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS total_tokens Int64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS cache_read_tokens Int64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS cache_write_tokens Int64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS reasoning_tokens Int64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS cache_write_1h_tokens Int64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS cache_read_audio_tokens Int64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS audio_input_tokens Int64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS audio_output_tokens Int64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS image_input_tokens Int64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS image_output_tokens Int64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS web_searches Int64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS service_tier LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS cost_state UInt8 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS cost_nanos Int64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS price LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS sort_ms Int64 CODEC(Delta, ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS version UInt64 CODEC(Delta, ZSTD);

-- cluster "shards", replicated true
CREATE TABLE IF NOT EXISTS nodes_local (
    id             String,
    version        UInt64,
    name           String,
    release        String,
    started_ms     Int64,
    seen_ms        Int64,
    clock_ms       Int64,
    clock_error_ms Int64,
    settings       Map(String, String)
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', version)
ORDER BY id
TTL toDateTime(intDiv(seen_ms, 1000)) + toIntervalDay(1);

CREATE TABLE IF NOT EXISTS nodes AS nodes_local ENGINE = Distributed(`shards`, `playhead`, nodes_local, sipHash64(id));

ALTER TABLE events_local ADD INDEX IF NOT EXISTS conversation_ids conversation_id TYPE text(tokenizer = 'array');

ALTER TABLE events_local MATERIALIZE INDEX conversation_ids;

CREATE TABLE IF NOT EXISTS events_local (
    project LowCardinality(String),
    uuid UUID,
    name LowCardinality(String),
    kind UInt8 CODEC(ZSTD),
    time_ms Int64 CODEC(Delta, ZSTD),
    received_ms Int64 CODEC(Delta, ZSTD),
    sent_ms Int64 CODEC(Delta, ZSTD),
    sent_order Int32 CODEC(ZSTD),
    distinct_id String CODEC(ZSTD),
    personless Bool CODEC(ZSTD),
    session_id String CODEC(ZSTD),
    window_id String CODEC(ZSTD),
    url String CODEC(ZSTD),
    recording_status LowCardinality(String),
    library LowCardinality(String),
    env LowCardinality(String),
    release LowCardinality(String),
    country LowCardinality(String),
    browser LowCardinality(String),
    os LowCardinality(String),
    device LowCardinality(String),
    screen LowCardinality(String),
    properties Map(LowCardinality(String), String) CODEC(ZSTD),
    trace_id String CODEC(ZSTD),
    span_id String CODEC(ZSTD),
    parent_id String CODEC(ZSTD),
    conversation_id String CODEC(ZSTD),
    title String CODEC(ZSTD),
    model LowCardinality(String),
    provider LowCardinality(String),
    start_ms Int64 CODEC(Delta, ZSTD),
    latency_ms Float64 CODEC(ZSTD),
    first_token_ms Float64 CODEC(ZSTD),
    http_status Int32 CODEC(ZSTD),
    is_error Bool CODEC(ZSTD),
    stopped Bool CODEC(ZSTD),
    error String CODEC(ZSTD),
    error_group LowCardinality(String),
    prompt_name LowCardinality(String),
    prompt_version LowCardinality(String),
    agent LowCardinality(String),
    tools LowCardinality(String),
    mcp_server LowCardinality(String),
    stop_reason LowCardinality(String),
    metric_name LowCardinality(String),
    metric_value String CODEC(ZSTD),
    score Float64 CODEC(ZSTD),
    scored Bool CODEC(ZSTD),
    truncated Bool CODEC(ZSTD),
    untimed Bool CODEC(ZSTD),
    input_tokens Int64 CODEC(ZSTD),
    output_tokens Int64 CODEC(ZSTD),
    total_tokens Int64 CODEC(ZSTD),
    cache_read_tokens Int64 CODEC(ZSTD),
    cache_write_tokens Int64 CODEC(ZSTD),
    reasoning_tokens Int64 CODEC(ZSTD),
    cache_write_1h_tokens Int64 CODEC(ZSTD),
    cache_read_audio_tokens Int64 CODEC(ZSTD),
    audio_input_tokens Int64 CODEC(ZSTD),
    audio_output_tokens Int64 CODEC(ZSTD),
    image_input_tokens Int64 CODEC(ZSTD),
    image_output_tokens Int64 CODEC(ZSTD),
    web_searches Int64 CODEC(ZSTD),
    service_tier LowCardinality(String),
    cost_state UInt8 CODEC(ZSTD),
    cost_nanos Int64 CODEC(ZSTD),
    price LowCardinality(String),
    sort_ms Int64 CODEC(Delta, ZSTD),
    version UInt64 CODEC(Delta, ZSTD),
    INDEX by_time time_ms TYPE minmax,
    INDEX by_start start_ms TYPE minmax,
    INDEX by_received received_ms TYPE minmax,
    INDEX by_uuid uuid TYPE bloom_filter(0.001),
    INDEX trace_ids trace_id TYPE text(tokenizer = 'array'),
    INDEX session_ids session_id TYPE text(tokenizer = 'array'),
    INDEX person_ids distinct_id TYPE text(tokenizer = 'array')
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', version)
PARTITION BY toYYYYMM(fromUnixTimestamp64Milli(sort_ms, 'UTC'))
ORDER BY (project, sort_ms, uuid)
SETTINGS index_granularity = 256, min_compress_block_size = 8192, fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_fetch = 1;

CREATE TABLE IF NOT EXISTS events AS events_local ENGINE = Distributed(`shards`, `playhead`, events_local, sipHash64(uuid));

CREATE TABLE IF NOT EXISTS contents_local (
    project LowCardinality(String),
    uuid UUID,
    time_ms Int64 CODEC(Delta, ZSTD),
    input String CODEC(ZSTD(3)),
    output String CODEC(ZSTD(3)),
    tools String CODEC(ZSTD(3)),
    properties String CODEC(ZSTD(3)),
    input_preview String CODEC(ZSTD),
    output_preview String CODEC(ZSTD),
    sort_ms Int64 CODEC(Delta, ZSTD),
    version UInt64 CODEC(Delta, ZSTD),
    INDEX by_time time_ms TYPE minmax
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', version)
PARTITION BY toYYYYMM(fromUnixTimestamp64Milli(sort_ms, 'UTC'))
ORDER BY (project, sort_ms, uuid)
SETTINGS index_granularity = 256, fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_fetch = 1;

CREATE TABLE IF NOT EXISTS contents AS contents_local ENGINE = Distributed(`shards`, `playhead`, contents_local, sipHash64(uuid));

CREATE TABLE IF NOT EXISTS identities_local (
    project LowCardinality(String),
    uuid UUID,
    time_ms Int64 CODEC(Delta, ZSTD),
    id String CODEC(ZSTD),
    other_id String CODEC(ZSTD),
    name String CODEC(ZSTD),
    email String CODEC(ZSTD),
    version UInt64 CODEC(Delta, ZSTD),
    INDEX by_other other_id TYPE bloom_filter(0.01)
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', version)
ORDER BY (project, id, other_id, uuid)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_fetch = 1;

CREATE TABLE IF NOT EXISTS identities AS identities_local ENGINE = Distributed(`shards`, `playhead`, identities_local, sipHash64(uuid));

CREATE TABLE IF NOT EXISTS blocks_local (
    project LowCardinality(String),
    uuid UUID,
    session_id String CODEC(ZSTD),
    window_id String CODEC(ZSTD),
    distinct_id String CODEC(ZSTD),
    received_ms Int64 CODEC(Delta, ZSTD),
    sent_ms Int64 CODEC(Delta, ZSTD),
    first_ms Int64 CODEC(Delta, ZSTD),
    last_ms Int64 CODEC(Delta, ZSTD),
    raw_bytes Int64 CODEC(ZSTD),
    events Int32 CODEC(ZSTD),
    clicks Int32 CODEC(ZSTD),
    keys Int32 CODEC(ZSTD),
    first_input_ms Int64 CODEC(Delta, ZSTD),
    last_input_ms Int64 CODEC(Delta, ZSTD),
    console_errors Int32 CODEC(ZSTD),
    dropped_mutations Int32 CODEC(ZSTD),
    oversized_mutations Int32 CODEC(ZSTD),
    url String CODEC(ZSTD),
    snapshot_ms Array(Int64) CODEC(ZSTD),
    snapshot_line Array(Int32) CODEC(ZSTD),
    location_key String CODEC(ZSTD),
    location_offset Int64 CODEC(ZSTD),
    location_length Int64 CODEC(ZSTD),
    version UInt64 CODEC(Delta, ZSTD),
    INDEX by_time last_ms TYPE minmax,
    INDEX by_received received_ms TYPE minmax,
    INDEX by_location location_key TYPE bloom_filter(0.01)
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', version)
PARTITION BY toYYYYMM(fromUnixTimestamp64Milli(first_ms, 'UTC'))
ORDER BY (project, session_id, uuid)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_fetch = 1;

CREATE TABLE IF NOT EXISTS blocks AS blocks_local ENGINE = Distributed(`shards`, `playhead`, blocks_local, sipHash64(uuid));

CREATE TABLE IF NOT EXISTS saved_local (
    project LowCardinality(String),
    uuid UUID,
    id UUID,
    kind LowCardinality(String),
    at_ms Int64 CODEC(ZSTD),
    gone Bool CODEC(ZSTD),
    body String CODEC(ZSTD),
    version UInt64 CODEC(Delta, ZSTD)
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', version)
ORDER BY (project, kind, id, uuid)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_fetch = 1;

CREATE TABLE IF NOT EXISTS saved AS saved_local ENGINE = Distributed(`shards`, `playhead`, saved_local, sipHash64(uuid));

CREATE TABLE IF NOT EXISTS refusals_local (
    project LowCardinality(String),
    first_ms Int64 CODEC(Delta, ZSTD),
    last_ms Int64 CODEC(Delta, ZSTD),
    reason LowCardinality(String),
    event String CODEC(ZSTD),
    library LowCardinality(String),
    detail String CODEC(ZSTD),
    bytes Int64 CODEC(ZSTD),
    count Int64 CODEC(ZSTD)
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')
ORDER BY (project, last_ms)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_fetch = 1;

CREATE TABLE IF NOT EXISTS refusals AS refusals_local ENGINE = Distributed(`shards`, `playhead`, refusals_local, rand());

CREATE TABLE IF NOT EXISTS links_local (
    project LowCardinality(String),
    trace_id String CODEC(ZSTD),
    uuid UUID,
    rules Int32 CODEC(ZSTD),
    time_ms Int64 CODEC(Delta, ZSTD),
    received_ms Int64 CODEC(Delta, ZSTD),
    state LowCardinality(String),
    method LowCardinality(String),
    reason LowCardinality(String),
    clamped LowCardinality(String),
    session_id String CODEC(ZSTD),
    window_id String CODEC(ZSTD),
    start_ms Int64 CODEC(Delta, ZSTD),
    moment_ms Int64 CODEC(Delta, ZSTD),
    detail LowCardinality(String),
    confidence Float64 CODEC(ZSTD),
    clock_offset_ms Int64 CODEC(ZSTD),
    clock_uncertainty_ms Int64 CODEC(ZSTD),
    candidates String CODEC(ZSTD),
    person String CODEC(ZSTD),
    derived_ms Int64 CODEC(Delta, ZSTD),
    again_ms Int64 CODEC(Delta, ZSTD),
    version UInt64 CODEC(Delta, ZSTD),
    INDEX by_received received_ms TYPE minmax,
    INDEX by_again again_ms TYPE minmax,
    INDEX by_start start_ms TYPE minmax,
    INDEX person_ids person TYPE text(tokenizer = 'array'),
    INDEX session_ids session_id TYPE text(tokenizer = 'array')
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', version)
ORDER BY (project, trace_id, uuid, rules)
SETTINGS index_granularity = 256, min_compress_block_size = 8192, fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_fetch = 1;

CREATE TABLE IF NOT EXISTS links AS links_local ENGINE = Distributed(`shards`, `playhead`, links_local, sipHash64(trace_id, uuid));

CREATE TABLE IF NOT EXISTS experiences_local (
    project LowCardinality(String),
    trace_id String CODEC(ZSTD),
    uuid UUID,
    rules Int32 CODEC(ZSTD),
    time_ms Int64 CODEC(Delta, ZSTD),
    received_ms Int64 CODEC(Delta, ZSTD),
    session_id String CODEC(ZSTD),
    window_id String CODEC(ZSTD),
    state LowCardinality(String),
    reason LowCardinality(String),
    asked_ms Int64 CODEC(Delta, ZSTD),
    first_words_ms Int64 CODEC(Delta, ZSTD),
    last_words_ms Int64 CODEC(Delta, ZSTD),
    stalls Array(Int64) CODEC(ZSTD),
    wait_ms Int64 CODEC(ZSTD),
    smoothness Float64 CODEC(ZSTD),
    share Float64 CODEC(ZSTD),
    share_uncertainty Float64 CODEC(ZSTD),
    uncertainty_ms Int64 CODEC(ZSTD),
    node Int64 CODEC(ZSTD),
    signals String CODEC(ZSTD),
    kinds LowCardinality(String),
    kind_bits Int64 CODEC(ZSTD),
    before_request_ms Int64 CODEC(ZSTD),
    previous_wait_ms Int64 CODEC(ZSTD),
    answer_wait_ms Int64 CODEC(ZSTD),
    previous_kinds Int64 CODEC(ZSTD),
    country LowCardinality(String),
    visitor LowCardinality(String),
    derived_ms Int64 CODEC(Delta, ZSTD),
    again_ms Int64 CODEC(Delta, ZSTD),
    moment_ms Int64 CODEC(Delta, ZSTD),
    clock_offset_ms Int64 CODEC(ZSTD),
    clock_uncertainty_ms Int64 CODEC(ZSTD),
    unseen_tokens Int64 CODEC(ZSTD),
    first_before_ms Int64 CODEC(ZSTD),
    first_token_ms Int64 CODEC(ZSTD),
    first_latency_ms Int64 CODEC(ZSTD),
    first_sent_ms Int64 CODEC(ZSTD),
    first_queue_ms Int64 CODEC(ZSTD),
    first_arrived_ms Int64 CODEC(ZSTD),
    of_kind UInt8 CODEC(ZSTD),
    of_start_ms Int64 CODEC(Delta, ZSTD),
    of_output_tokens Int64 CODEC(ZSTD),
    of_model LowCardinality(String),
    of_provider LowCardinality(String),
    of_prompt_name LowCardinality(String),
    of_prompt_version LowCardinality(String),
    of_agent LowCardinality(String),
    of_tools LowCardinality(String),
    of_env LowCardinality(String),
    of_release LowCardinality(String),
    version UInt64 CODEC(Delta, ZSTD),
    INDEX by_received received_ms TYPE minmax,
    INDEX by_again again_ms TYPE minmax,
    INDEX session_ids session_id TYPE text(tokenizer = 'array')
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', version)
ORDER BY (project, trace_id, uuid, rules)
SETTINGS index_granularity = 256, min_compress_block_size = 8192, fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_fetch = 1;

CREATE TABLE IF NOT EXISTS experiences AS experiences_local ENGINE = Distributed(`shards`, `playhead`, experiences_local, sipHash64(trace_id, uuid));

CREATE TABLE IF NOT EXISTS activity_local (
    project LowCardinality(String),
    uuid UUID,
    position Int64 CODEC(Delta, ZSTD),
    rules Int32 CODEC(ZSTD),
    session_id String CODEC(ZSTD),
    window_id String CODEC(ZSTD),
    time_ms Int64 CODEC(Delta, ZSTD),
    received_ms Int64 CODEC(Delta, ZSTD),
    at_ms Int64 CODEC(Delta, ZSTD),
    end_ms Int64 CODEC(Delta, ZSTD),
    kind LowCardinality(String),
    label String CODEC(ZSTD),
    detail String CODEC(ZSTD),
    page String CODEC(ZSTD),
    node Int64 CODEC(ZSTD),
    status Int32 CODEC(ZSTD),
    first_byte_ms Int64 CODEC(ZSTD),
    dead Bool CODEC(ZSTD),
    rage Bool CODEC(ZSTD),
    failed Bool CODEC(ZSTD),
    derived_ms Int64 CODEC(Delta, ZSTD),
    version UInt64 CODEC(Delta, ZSTD),
    INDEX by_received received_ms TYPE minmax,
    INDEX session_ids session_id TYPE text(tokenizer = 'array'),
    INDEX labels label TYPE text(tokenizer = 'array')
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', version)
PARTITION BY toYYYYMM(fromUnixTimestamp64Milli(time_ms, 'UTC'))
ORDER BY (project, session_id, uuid, position, rules)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_fetch = 1;

CREATE TABLE IF NOT EXISTS activity AS activity_local ENGINE = Distributed(`shards`, `playhead`, activity_local, sipHash64(uuid));

CREATE TABLE IF NOT EXISTS clues_local (
    project LowCardinality(String),
    hash Int64 CODEC(ZSTD),
    uuid UUID,
    rules Int32 CODEC(ZSTD),
    trace_id String CODEC(ZSTD),
    session_id String CODEC(ZSTD),
    window_id String CODEC(ZSTD),
    at_ms Int64 CODEC(Delta, ZSTD),
    end_ms Int64 CODEC(Delta, ZSTD),
    time_ms Int64 CODEC(Delta, ZSTD),
    received_ms Int64 CODEC(Delta, ZSTD),
    derived_ms Int64 CODEC(Delta, ZSTD),
    version UInt64 CODEC(Delta, ZSTD),
    INDEX by_time at_ms TYPE minmax
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', version)
PARTITION BY toYYYYMM(fromUnixTimestamp64Milli(time_ms, 'UTC'))
ORDER BY (project, hash, uuid, rules)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_fetch = 1;

CREATE TABLE IF NOT EXISTS clues AS clues_local ENGINE = Distributed(`shards`, `playhead`, clues_local, sipHash64(uuid));

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS uuid UUID;

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS name LowCardinality(String);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS kind UInt8 CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS time_ms Int64 CODEC(Delta, ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS received_ms Int64 CODEC(Delta, ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS sent_ms Int64 CODEC(Delta, ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS sent_order Int32 CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS distinct_id String CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS personless Bool CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS session_id String CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS window_id String CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS url String CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS recording_status LowCardinality(String);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS library LowCardinality(String);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS env LowCardinality(String);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS release LowCardinality(String);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS country LowCardinality(String);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS browser LowCardinality(String);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS os LowCardinality(String);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS device LowCardinality(String);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS screen LowCardinality(String);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS properties Map(LowCardinality(String), String) CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS trace_id String CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS span_id String CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS parent_id String CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS conversation_id String CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS title String CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS model LowCardinality(String);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS provider LowCardinality(String);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS start_ms Int64 CODEC(Delta, ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS latency_ms Float64 CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS first_token_ms Float64 CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS http_status Int32 CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS is_error Bool CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS stopped Bool CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS error String CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS error_group LowCardinality(String);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS prompt_name LowCardinality(String);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS prompt_version LowCardinality(String);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS agent LowCardinality(String);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS tools LowCardinality(String);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS mcp_server LowCardinality(String);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS stop_reason LowCardinality(String);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS metric_name LowCardinality(String);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS metric_value String CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS score Float64 CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS scored Bool CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS truncated Bool CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS untimed Bool CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS input_tokens Int64 CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS output_tokens Int64 CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS total_tokens Int64 CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS cache_read_tokens Int64 CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS cache_write_tokens Int64 CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS reasoning_tokens Int64 CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS cache_write_1h_tokens Int64 CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS cache_read_audio_tokens Int64 CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS audio_input_tokens Int64 CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS audio_output_tokens Int64 CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS image_input_tokens Int64 CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS image_output_tokens Int64 CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS web_searches Int64 CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS service_tier LowCardinality(String);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS cost_state UInt8 CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS cost_nanos Int64 CODEC(ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS price LowCardinality(String);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS sort_ms Int64 CODEC(Delta, ZSTD);

ALTER TABLE events_local ADD COLUMN IF NOT EXISTS version UInt64 CODEC(Delta, ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS uuid UUID;

ALTER TABLE events ADD COLUMN IF NOT EXISTS name LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS kind UInt8 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS time_ms Int64 CODEC(Delta, ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS received_ms Int64 CODEC(Delta, ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS sent_ms Int64 CODEC(Delta, ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS sent_order Int32 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS distinct_id String CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS personless Bool CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS session_id String CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS window_id String CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS url String CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS recording_status LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS library LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS env LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS release LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS country LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS browser LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS os LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS device LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS screen LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS properties Map(LowCardinality(String), String) CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS trace_id String CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS span_id String CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS parent_id String CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS conversation_id String CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS title String CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS model LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS provider LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS start_ms Int64 CODEC(Delta, ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS latency_ms Float64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS first_token_ms Float64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS http_status Int32 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS is_error Bool CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS stopped Bool CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS error String CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS error_group LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS prompt_name LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS prompt_version LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS agent LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS tools LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS mcp_server LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS stop_reason LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS metric_name LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS metric_value String CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS score Float64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS scored Bool CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS truncated Bool CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS untimed Bool CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS input_tokens Int64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS output_tokens Int64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS total_tokens Int64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS cache_read_tokens Int64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS cache_write_tokens Int64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS reasoning_tokens Int64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS cache_write_1h_tokens Int64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS cache_read_audio_tokens Int64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS audio_input_tokens Int64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS audio_output_tokens Int64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS image_input_tokens Int64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS image_output_tokens Int64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS web_searches Int64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS service_tier LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS cost_state UInt8 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS cost_nanos Int64 CODEC(ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS price LowCardinality(String);

ALTER TABLE events ADD COLUMN IF NOT EXISTS sort_ms Int64 CODEC(Delta, ZSTD);

ALTER TABLE events ADD COLUMN IF NOT EXISTS version UInt64 CODEC(Delta, ZSTD);

