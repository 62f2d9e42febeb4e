-- Blocks after the end of files that are too short or missing, up to the end of an earlier known loss.
WITH short AS (
    SELECT unnest($keys::VARCHAR[]) AS key, unnest($lengths::BIGINT[]) AS length, unnest($until::BIGINT[]) AS until
)
SELECT count(*), count(DISTINCT (b.project, b.session_id)), coalesce(min(b.first_ms), 0), coalesce(max(b.last_ms), 0)
FROM blocks b JOIN short s ON s.key = b.location_key
WHERE b.location_length > 0 AND b.location_offset + b.location_length > s.length AND b.location_offset + b.location_length <= s.until;
