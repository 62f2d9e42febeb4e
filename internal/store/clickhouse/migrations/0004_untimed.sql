-- Whether time_ms is the server's. The sort_ms of such rows is 0, unless their uuid holds a time: see sortMS.
ALTER TABLE events@local ADD COLUMN IF NOT EXISTS untimed Bool CODEC(ZSTD);
