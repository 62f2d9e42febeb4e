-- A megabyte that cannot be compressed, on every shard, to check whether there is space again. The rows are of nodes last seen in
-- 1970, so that the table drops them by itself.
INSERT INTO nodes (id, version, name)
SELECT 'room ' || toString(number), 0, randomString(16384) FROM numbers(64);
