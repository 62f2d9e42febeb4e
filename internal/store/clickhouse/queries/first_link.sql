-- When the first link was possible: when both an LLM event and a block of its session had arrived. Only rows received until a
-- time are read. If the answer is not 0 it is right, because later rows cannot make an earlier link.
SELECT min(greatest(e.first_ms, r.first_ms)) FROM (
    SELECT session_id, min(received_ms) AS first_ms FROM events FINAL
    WHERE project = {project:String} AND kind <> 0 AND session_id <> '' AND received_ms <= {until_ms:Int64}
    GROUP BY session_id
) AS e
GLOBAL INNER JOIN (
    SELECT session_id, min(received_ms) AS first_ms FROM blocks FINAL
    WHERE project = {project:String} AND session_id <> '' AND received_ms <= {until_ms:Int64}
    GROUP BY session_id
) AS r
ON e.session_id = r.session_id;
