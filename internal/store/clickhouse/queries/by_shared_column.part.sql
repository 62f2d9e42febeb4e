-- What is asked for is the same in all copies of a row, so the index finds all of them, and FINAL need not look for more.
SETTINGS use_skip_indexes_if_final_exact_mode = 0
