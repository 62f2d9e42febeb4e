-- The length that each file of recordings must have to contain everything in the index.
SELECT location_key, max(location_offset + location_length) FROM blocks WHERE location_length > 0 GROUP BY location_key;
