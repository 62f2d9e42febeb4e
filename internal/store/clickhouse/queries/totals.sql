-- Times are the server's own, because clients' clocks err. A link can be made once an LLM event and a block of its
-- session are both there. No rows: 0.
SELECT
    (SELECT toInt64(count()) FROM events FINAL),
    (SELECT toInt64(count()) FROM events FINAL WHERE kind IN (1, 2)),
    (SELECT toInt64(count()) FROM blocks FINAL),
    (SELECT min(received_ms) FROM events FINAL),
    (SELECT min(received_ms) FROM blocks FINAL),
    (SELECT min(received_ms) FROM events FINAL WHERE kind <> 0),
    (SELECT min(greatest(e.received_ms, r.received_ms))
     FROM (SELECT session_id, received_ms FROM events FINAL WHERE kind <> 0 AND session_id <> '') AS e
     GLOBAL INNER JOIN (SELECT session_id, min(received_ms) AS received_ms FROM blocks FINAL WHERE session_id <> '' GROUP BY session_id) AS r
     ON e.session_id = r.session_id);
