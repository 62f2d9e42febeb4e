-- The time down to which the newest {rows} go that pass what of the filter is not text, and how many there are.
SELECT min(time_ms), count() FROM (
--: newest_generations
);
