-- What was done to this server. Not replicated: every replica is brought up to date by itself.
CREATE TABLE IF NOT EXISTS schema_versions (version UInt64, reached DateTime64(3, 'UTC') DEFAULT now64(3)) ENGINE = MergeTree ORDER BY version;
