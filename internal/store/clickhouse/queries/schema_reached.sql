INSERT INTO schema_versions (version) SELECT {version:UInt64};
