-- What lies behind the end of files that are too short, or that are gone, up to where it was known to be lost before.
WITH short AS (
    SELECT unnest($keys::VARCHAR[]) AS key, unnest($lengths::BIGINT[]) AS length, unnest($until::BIGINT[]) AS until
)
SELECT count(*), count(DISTINCT (b.project, b.session_id)), coalesce(min(b.first_ms), 0), coalesce(max(b.last_ms), 0)
FROM blocks b JOIN short s ON s.key = b.place_key
WHERE b.place_length > 0 AND b.place_offset + b.place_length > s.length AND b.place_offset + b.place_length <= s.until;
