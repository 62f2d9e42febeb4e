-- Names after @ stand for what depends on the kind of server (see schema.go). Every statement of a migration may be run
-- twice, and by two nodes at once: there is no lock to take.
--
-- '' and -1 stand for "not sent", as in the model. uuid names a row. sort_ms is a time that a row sent again has again
-- (time_ms need not be such a time, see sortMS), so (sort_ms, uuid) is the same for all copies of a row and ReplacingMergeTree
-- makes one of them; version is greater for what was committed earlier, and the greatest wins.
--
-- Most reads want a few rows and all of their columns, and each column is decompressed by the granule: so granules are
-- small, those of long text smaller still.
CREATE TABLE IF NOT EXISTS events@local (
    uuid             UUID,
    sort_ms          Int64 CODEC(Delta, ZSTD),
    version          UInt64 CODEC(Delta, ZSTD),
    name             LowCardinality(String),
    kind             UInt8 CODEC(ZSTD),
    time_ms          Int64 CODEC(Delta, ZSTD),
    received_ms      Int64 CODEC(Delta, ZSTD),
    sent_ms          Int64 CODEC(Delta, ZSTD),
    distinct_id      String CODEC(ZSTD),
    personless       Bool CODEC(ZSTD),
    session_id       String CODEC(ZSTD),
    window_id        String CODEC(ZSTD),
    url              String CODEC(ZSTD),
    recording_status LowCardinality(String),
    library          LowCardinality(String),
    trace_id         String CODEC(ZSTD),
    span_id          String CODEC(ZSTD),
    parent_id        String CODEC(ZSTD),
    conversation_id  String CODEC(ZSTD),
    title            String CODEC(ZSTD),
    model            LowCardinality(String),
    provider         LowCardinality(String),
    start_ms         Int64 CODEC(Delta, ZSTD),
    latency_ms       Float64 CODEC(ZSTD),
    first_token_ms   Float64 CODEC(ZSTD),
    input_tokens       Int64 CODEC(ZSTD),
    output_tokens      Int64 CODEC(ZSTD),
    total_tokens       Int64 CODEC(ZSTD),
    cache_read_tokens  Int64 CODEC(ZSTD),
    cache_write_tokens Int64 CODEC(ZSTD),
    reasoning_tokens   Int64 CODEC(ZSTD),
    http_status      Int32 CODEC(ZSTD),
    is_error         Bool CODEC(ZSTD),
    error            String CODEC(ZSTD),
    stop_reason      LowCardinality(String),
    input_preview    String CODEC(ZSTD),
    output_preview   String CODEC(ZSTD),
    metric_name      LowCardinality(String),
    metric_value     String CODEC(ZSTD),
    truncated        Bool CODEC(ZSTD),

    INDEX by_time     time_ms     TYPE minmax,
    -- Pages ask for fifty ids at once: with a chance of 0.01 each they find every third granule (48 of 130 measured).
    INDEX by_uuid     uuid        TYPE bloom_filter(0.001),
    INDEX by_trace    trace_id    TYPE bloom_filter(0.001),
    INDEX by_session  session_id  TYPE bloom_filter(0.001),
    INDEX by_person   distinct_id TYPE bloom_filter(0.01)
)
ENGINE = @replacing
PARTITION BY toYYYYMM(fromUnixTimestamp64Milli(sort_ms, 'UTC'))
ORDER BY (sort_ms, uuid)
SETTINGS index_granularity = 1024, @durable;

-- Heavy text, apart from the rows that everything else reads: JSON, '' is absent. Options.TextIndex adds an index to it.
CREATE TABLE IF NOT EXISTS contents@local (
    uuid       UUID,
    sort_ms    Int64 CODEC(Delta, ZSTD),
    version    UInt64 CODEC(Delta, ZSTD),
    time_ms    Int64 CODEC(Delta, ZSTD),
    input      String CODEC(ZSTD(3)),
    output     String CODEC(ZSTD(3)),
    tools      String CODEC(ZSTD(3)),
    properties String CODEC(ZSTD(3)),

    INDEX by_time time_ms TYPE minmax
)
ENGINE = @replacing
PARTITION BY toYYYYMM(fromUnixTimestamp64Milli(sort_ms, 'UTC'))
ORDER BY (sort_ms, uuid)
SETTINGS index_granularity = 256, @durable;

CREATE TABLE IF NOT EXISTS identities@local (
    uuid     UUID,
    version  UInt64 CODEC(Delta, ZSTD),
    time_ms  Int64 CODEC(Delta, ZSTD),
    id       String CODEC(ZSTD),
    other_id String CODEC(ZSTD),
    name     String CODEC(ZSTD),
    email    String CODEC(ZSTD),

    INDEX by_other other_id TYPE bloom_filter(0.01)
)
ENGINE = @replacing
ORDER BY (id, other_id, uuid)
SETTINGS index_granularity = 1024, @durable;

-- The session ids of posthog-js begin with the time, so rows that lie together were recorded together.
CREATE TABLE IF NOT EXISTS blocks@local (
    uuid           UUID,
    version        UInt64 CODEC(Delta, ZSTD),
    session_id     String CODEC(ZSTD),
    window_id      String CODEC(ZSTD),
    distinct_id    String CODEC(ZSTD),
    received_ms    Int64 CODEC(Delta, ZSTD),
    first_ms       Int64 CODEC(Delta, ZSTD),
    last_ms        Int64 CODEC(Delta, ZSTD),
    place_key      String CODEC(ZSTD),
    place_offset   Int64 CODEC(ZSTD),
    place_length   Int64 CODEC(ZSTD),
    raw_bytes      Int64 CODEC(ZSTD),
    events         Int32 CODEC(ZSTD),
    clicks         Int32 CODEC(ZSTD),
    keys           Int32 CODEC(ZSTD),
    first_input_ms Int64 CODEC(Delta, ZSTD),
    last_input_ms  Int64 CODEC(Delta, ZSTD),
    console_errors Int32 CODEC(ZSTD),
    -- Two lists of equal length: a full snapshot's time, and its line in the decoded block.
    snapshot_ms    Array(Int64) CODEC(ZSTD),
    snapshot_line  Array(Int32) CODEC(ZSTD),
    url            String CODEC(ZSTD),

    INDEX by_time last_ms TYPE minmax
)
ENGINE = @replacing
PARTITION BY toYYYYMM(fromUnixTimestamp64Milli(first_ms, 'UTC'))
ORDER BY (session_id, uuid)
SETTINGS index_granularity = 1024, @durable;

-- One row for each kind of refusal in a commit; readers add them up.
CREATE TABLE IF NOT EXISTS refusals@local (
    first_ms Int64,
    last_ms  Int64,
    reason   LowCardinality(String),
    event    String,
    library  LowCardinality(String),
    detail   String,
    bytes    Int64,
    count    Int64
)
ENGINE = @plain
ORDER BY last_ms
SETTINGS @durable;
