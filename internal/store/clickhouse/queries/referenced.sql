-- Only the latest version of a row says where its block lies now: the index by place must not hide it.
SELECT DISTINCT b.location_key FROM blocks AS b FINAL WHERE b.location_key IN {keys:Array(String)}
SETTINGS use_skip_indexes_if_final = 1, use_skip_indexes_if_final_exact_mode = 1;
