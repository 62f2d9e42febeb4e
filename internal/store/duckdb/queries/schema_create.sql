CREATE TABLE IF NOT EXISTS schema_versions (version BIGINT NOT NULL, reached_ms BIGINT NOT NULL);
