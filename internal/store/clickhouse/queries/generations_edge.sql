-- As traces_edge, of those that pass what of the filter is not text.
SELECT min(sort_ms), count() FROM (
--: newest_generations
);
