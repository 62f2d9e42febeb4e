INSERT INTO refusals (first_ms, last_ms, reason, event, library, detail, bytes, count)
