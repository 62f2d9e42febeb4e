-- How many generations of each hour are in parts, with copies that are not merged yet, or links of these, and the sums of their versions, which may
-- overflow. Each part that exists has at least one row.
SELECT 0 AS source, shardNum() AS shard, _part, intDiv(start_ms, 3600000) * 3600000 AS hour_ms, countIf(kind IN (1, 2)), sumIf(version, kind IN (1, 2))
FROM events
WHERE project = {project:String} AND _part IN {event_parts:Array(String)}
GROUP BY ALL
UNION ALL
SELECT 1 AS source, shardNum() AS shard, _part, intDiv(start_ms, 3600000) * 3600000 AS hour_ms,
    countIf(rules = {rules:Int32} AND uuid <> '00000000-0000-0000-0000-000000000000'),
    sumIf(version, rules = {rules:Int32} AND uuid <> '00000000-0000-0000-0000-000000000000')
FROM links
WHERE project = {project:String} AND _part IN {link_parts:Array(String)}
GROUP BY ALL;
