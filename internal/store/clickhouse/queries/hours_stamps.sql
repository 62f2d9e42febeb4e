-- The stamps of hours: how many rows their generations and the links of these have, with copies that are not merged yet, and the sums of their
-- versions, which may overflow. A projection with these numbers would be read in 30 ms instead of 240, but with a projection ClickHouse 26.7 no longer
-- drops rows that are older than the retention if they were sent again.
SELECT h * 3600000, sum(events), sum(event_versions), sum(links), sum(link_versions) FROM (
    SELECT intDiv(start_ms, 3600000) AS h, count() AS events, sum(version) AS event_versions, toUInt64(0) AS links, toUInt64(0) AS link_versions
    FROM events
    WHERE project = {project:String} AND kind IN (1, 2) AND start_ms >= {from_ms:Int64} AND start_ms < {to_ms:Int64}
    GROUP BY h
    UNION ALL
    SELECT intDiv(start_ms, 3600000) AS h, 0, 0, count(), sum(version)
    FROM links
    WHERE project = {project:String} AND rules = {rules:Int32} AND uuid <> '00000000-0000-0000-0000-000000000000'
        AND start_ms >= {from_ms:Int64} AND start_ms < {to_ms:Int64}
    GROUP BY h
)
GROUP BY h;
