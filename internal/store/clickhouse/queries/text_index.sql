-- The indexes of a table that are for searching text.
SELECT count() FROM system.data_skipping_indices
WHERE database = currentDatabase() AND table = {table:String} AND type = 'text';
