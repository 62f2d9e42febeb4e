-- The columns that a server's tables have, of which none was ever dropped.
SELECT table, name FROM system.columns WHERE database = currentDatabase();
