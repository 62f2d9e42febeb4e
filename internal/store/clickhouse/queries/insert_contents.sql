INSERT INTO contents (uuid, sort_ms, version, time_ms, input, output, tools, properties)
