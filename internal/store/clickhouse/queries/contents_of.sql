SELECT c.uuid, c.time_ms, c.input, c.output, c.tools, c.properties
FROM contents AS c FINAL
WHERE (c.sort_ms, c.uuid) IN arrayZip({sort_ms:Array(Int64)}, {uuids:Array(UUID)});
