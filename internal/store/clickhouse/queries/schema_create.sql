-- The migrations of this server. The table is not replicated, because every replica is updated separately.
CREATE TABLE IF NOT EXISTS schema_versions (version UInt64, reached DateTime64(3, 'UTC') DEFAULT now64(3)) ENGINE = MergeTree ORDER BY version;
