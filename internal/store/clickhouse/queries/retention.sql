-- The current retention rule of each table: "" keeps all rows.
SELECT extract(engine_full, 'TTL (.*?) SETTINGS') FROM system.tables
WHERE database = currentDatabase() AND name = {table:String};
