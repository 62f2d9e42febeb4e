SELECT number, project, packed, location_key, location_offset, location_length, events, first_ms, last_ms, lines, pairs, head, raw_bytes FROM texts;
