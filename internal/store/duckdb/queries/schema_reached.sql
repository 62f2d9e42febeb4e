INSERT INTO schema_versions (version, reached_ms) VALUES ($version, epoch_ms(now()::TIMESTAMP));
