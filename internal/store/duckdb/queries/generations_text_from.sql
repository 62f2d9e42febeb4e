-- How far back the contents go that generations_newest has to search.
SELECT coalesce(min(time_ms), 0) FROM (
--: newest_generations
);
