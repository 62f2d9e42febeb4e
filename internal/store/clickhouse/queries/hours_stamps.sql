-- The stamps of hours: how many rows their generations and the links of these have, with copies that are not merged yet, and the sums of their
-- versions, which may overflow. ClickHouse reads them from the projections of migration 0011.
SELECT h * 3600000, sum(events), sum(event_versions), sum(links), sum(link_versions) FROM (
    SELECT intDiv(start_ms, 3600000) AS h, count() AS events, sum(version) AS event_versions, toUInt64(0) AS links, toUInt64(0) AS link_versions
    FROM events
    WHERE project = {project:String} AND kind IN (1, 2)
        AND intDiv(start_ms, 3600000) >= intDiv({from_ms:Int64}, 3600000) AND intDiv(start_ms, 3600000) < intDiv({to_ms:Int64}, 3600000)
    GROUP BY h
    UNION ALL
    SELECT intDiv(start_ms, 3600000) AS h, 0, 0, count(), sum(version)
    FROM links
    WHERE project = {project:String} AND rules = {rules:Int32} AND uuid <> '00000000-0000-0000-0000-000000000000'
        AND intDiv(start_ms, 3600000) >= intDiv({from_ms:Int64}, 3600000) AND intDiv(start_ms, 3600000) < intDiv({to_ms:Int64}, 3600000)
    GROUP BY h
)
GROUP BY h;
