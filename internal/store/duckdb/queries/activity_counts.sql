-- The number of activities of each kind in each bucket. Dead and rage clicks are counted again as such.
SELECT k.kind, (a.at_ms - $from_ms::BIGINT) // $step_ms::BIGINT AS bucket, count(*)
FROM activity a, LATERAL (
    SELECT unnest([a.kind, CASE WHEN a.dead THEN 'dead_click' END, CASE WHEN a.rage THEN 'rage_click' END]) AS kind
) k
WHERE
--: activity_received
    AND a.kind <> '' AND a.at_ms >= $from_ms AND a.at_ms < $to_ms AND k.kind IS NOT NULL
GROUP BY ALL
ORDER BY ALL;
