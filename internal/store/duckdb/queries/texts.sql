SELECT number, project, packed, place_key, place_offset, place_length, events, first_ms, last_ms, lines, pairs, head, raw_bytes FROM texts;
