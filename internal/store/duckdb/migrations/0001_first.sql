-- Light rows: what lists, trees and links read. '' and -1 stand for "not sent", as in the model, so that no reader needs to
-- tell NULL from empty. No index and no key: an index costs memory for every row for ever, and the columns are scanned at
-- 100-400 million values a second. A uuid is kept out a second time by the writer's set of fingerprints.
CREATE TABLE events (
    uuid             UUID    NOT NULL,
    name             VARCHAR NOT NULL,
    kind             UTINYINT NOT NULL,
    time_ms          BIGINT  NOT NULL,
    received_ms      BIGINT  NOT NULL,
    sent_ms          BIGINT  NOT NULL,
    distinct_id      VARCHAR NOT NULL,
    personless       BOOLEAN NOT NULL,
    session_id       VARCHAR NOT NULL,
    window_id        VARCHAR NOT NULL,
    url              VARCHAR NOT NULL,
    recording_status VARCHAR NOT NULL,
    library          VARCHAR NOT NULL,
    trace_id         VARCHAR NOT NULL,
    span_id          VARCHAR NOT NULL,
    parent_id        VARCHAR NOT NULL,
    conversation_id  VARCHAR NOT NULL,
    title            VARCHAR NOT NULL,
    model            VARCHAR NOT NULL,
    provider         VARCHAR NOT NULL,
    start_ms         BIGINT  NOT NULL,
    latency_ms       DOUBLE  NOT NULL,
    first_token_ms   DOUBLE  NOT NULL,
    input_tokens       BIGINT NOT NULL,
    output_tokens      BIGINT NOT NULL,
    total_tokens       BIGINT NOT NULL,
    cache_read_tokens  BIGINT NOT NULL,
    cache_write_tokens BIGINT NOT NULL,
    reasoning_tokens   BIGINT NOT NULL,
    http_status      INTEGER NOT NULL,
    is_error         BOOLEAN NOT NULL,
    error            VARCHAR NOT NULL,
    stop_reason      VARCHAR NOT NULL,
    input_preview    VARCHAR NOT NULL,
    output_preview   VARCHAR NOT NULL,
    metric_name      VARCHAR NOT NULL,
    metric_value     VARCHAR NOT NULL,
    truncated        BOOLEAN NOT NULL
);

-- Heavy text, apart from the rows that everything else reads. JSON as text, so that it can be searched; NULL is absent.
CREATE TABLE contents (
    uuid       UUID   NOT NULL,
    time_ms    BIGINT NOT NULL,
    input      VARCHAR,
    output     VARCHAR,
    tools      VARCHAR,
    properties VARCHAR
);

CREATE TABLE identities (
    uuid     UUID    NOT NULL,
    time_ms  BIGINT  NOT NULL,
    id       VARCHAR NOT NULL,
    other_id VARCHAR NOT NULL,
    name     VARCHAR NOT NULL,
    email    VARCHAR NOT NULL
);

CREATE TABLE blocks (
    uuid           UUID    NOT NULL,
    session_id     VARCHAR NOT NULL,
    window_id      VARCHAR NOT NULL,
    distinct_id    VARCHAR NOT NULL,
    received_ms    BIGINT  NOT NULL,
    first_ms       BIGINT  NOT NULL,
    last_ms        BIGINT  NOT NULL,
    place_key      VARCHAR NOT NULL,
    place_offset   BIGINT  NOT NULL,
    place_length   BIGINT  NOT NULL,
    raw_bytes      BIGINT  NOT NULL,
    events         INTEGER NOT NULL,
    clicks         INTEGER NOT NULL,
    keys           INTEGER NOT NULL,
    first_input_ms BIGINT  NOT NULL,
    last_input_ms  BIGINT  NOT NULL,
    console_errors INTEGER NOT NULL,
    -- Two lists of equal length: a full snapshot's time, and its line in the decoded block.
    snapshot_ms    BIGINT[]  NOT NULL,
    snapshot_line  INTEGER[] NOT NULL,
    url            VARCHAR NOT NULL
);

-- One row for each kind of refusal in a commit; readers add them up.
CREATE TABLE refusals (
    first_ms BIGINT NOT NULL,
    last_ms  BIGINT NOT NULL,
    reason  VARCHAR NOT NULL,
    event   VARCHAR NOT NULL,
    library VARCHAR NOT NULL,
    detail  VARCHAR NOT NULL,
    bytes   BIGINT  NOT NULL,
    count   BIGINT  NOT NULL
);
