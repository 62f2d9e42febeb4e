SELECT c.uuid, c.input_preview, c.output_preview
FROM contents AS c FINAL
WHERE (c.project, c.sort_ms, c.uuid) IN arrayZip({projects:Array(String)}, {sort_ms:Array(Int64)}, {uuids:Array(UUID)})
    AND (c.input_preview <> '' OR c.output_preview <> '');
