SELECT coalesce(max(before_ms), 0) FROM retention;
