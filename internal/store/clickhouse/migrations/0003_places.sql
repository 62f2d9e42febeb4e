-- Whether anything lies under a key is asked for all keys, a thousand at a time.
ALTER TABLE blocks@local ADD INDEX IF NOT EXISTS by_place place_key TYPE bloom_filter(0.01);
