-- Only the latest version of a row has the current location of its block: the index of locations must not exclude it.
SELECT DISTINCT b.location_key FROM blocks AS b FINAL WHERE b.location_key IN {keys:Array(String)}
SETTINGS use_skip_indexes_if_final = 1, use_skip_indexes_if_final_exact_mode = 1;
