-- The text indexes of a table.
SELECT count() FROM system.data_skipping_indices
WHERE database = currentDatabase() AND table = {table:String} AND type = 'text';
