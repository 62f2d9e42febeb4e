-- How often rows were dropped: after each time rows have other numbers.
CREATE TABLE dropped (times BIGINT NOT NULL);
INSERT INTO dropped VALUES (0);

-- The locations of the heavy text of events (see package texts), one row for each block.
CREATE TABLE texts (
    number  BIGINT  NOT NULL,
    project VARCHAR NOT NULL,
    packed  BOOLEAN NOT NULL,
    location_key    VARCHAR NOT NULL,
    location_offset BIGINT  NOT NULL,
    location_length BIGINT  NOT NULL,
    events   INTEGER NOT NULL,
    first_ms BIGINT  NOT NULL,
    last_ms  BIGINT  NOT NULL,
    lines    INTEGER NOT NULL,
    pairs    INTEGER NOT NULL,
    head     INTEGER NOT NULL,
    raw_bytes BIGINT NOT NULL
);
