-- How each table drops rows now: "" keeps them.
SELECT extract(engine_full, 'TTL (.*?) SETTINGS') FROM system.tables
WHERE database = currentDatabase() AND name = {table:String};
