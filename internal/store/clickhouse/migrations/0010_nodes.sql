-- The servers that use this database. The latest row of each is kept: its version is seen_ms, a time by this
-- database's clock.
CREATE TABLE IF NOT EXISTS nodes@local (
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
ENGINE = @replacing
ORDER BY id
TTL toDateTime(intDiv(seen_ms, 1000)) + toIntervalDay(1);
