-- The same without a text.
--: newest_generations
;
