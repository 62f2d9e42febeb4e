-- Times are the server's own, because clients' clocks may be wrong. A link is possible when an LLM event and a block of its
-- session have both arrived.
WITH recorded AS (
    SELECT session_id, min(received_ms) AS received_ms FROM blocks WHERE project = $project AND session_id <> '' GROUP BY session_id
), linked AS (
    SELECT min(greatest(e.received_ms, r.received_ms)) AS at_ms
    FROM events e JOIN recorded r ON r.session_id = e.session_id
    WHERE e.project = $project AND e.kind <> 0
)
SELECT
    (SELECT count(*) FROM events WHERE project = $project),
    (SELECT count(*) FROM events WHERE project = $project AND kind IN (1, 2)),
    (SELECT count(*) FROM blocks WHERE project = $project),
    coalesce((SELECT min(received_ms) FROM events WHERE project = $project), 0),
    coalesce((SELECT min(received_ms) FROM blocks WHERE project = $project), 0),
    coalesce((SELECT min(received_ms) FROM events WHERE project = $project AND kind <> 0), 0),
    coalesce((SELECT at_ms FROM linked), 0);
