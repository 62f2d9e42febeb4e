-- Asks every shard.
SELECT count() FROM refusals WHERE last_ms < 0;
