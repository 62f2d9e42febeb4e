-- A megabyte that does not compress, on every shard, to find out whether there is room again. The rows are those of nodes that
-- nobody has heard of since 1970, so that the table drops them by itself.
INSERT INTO nodes (id, version, name)
SELECT 'room ' || toString(number), 0, randomString(16384) FROM numbers(64);
