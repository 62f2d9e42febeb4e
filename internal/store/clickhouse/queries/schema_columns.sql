-- The columns of a server's tables. No column was ever dropped.
SELECT table, name FROM system.columns WHERE database = currentDatabase();
