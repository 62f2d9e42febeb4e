-- How long each file of recordings must be, so that it holds what is in the index.
SELECT place_key, max(place_offset + place_length) FROM blocks WHERE place_length > 0 GROUP BY place_key;
