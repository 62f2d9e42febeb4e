-- Every server of a cluster, with the address that the answering server uses, whether that server has Keeper, and the minimum
-- number of replicas of a shard.
SELECT DISTINCT host_name, port,
    (SELECT count() FROM system.tables WHERE database = 'system' AND name = 'zookeeper_connection')
        + (SELECT count() FROM system.server_settings WHERE name = 'keeper_hosts' AND value <> '') > 0,
    (SELECT min(n) FROM (SELECT count() AS n FROM system.clusters WHERE cluster = {cluster:String} GROUP BY shard_num))
FROM system.clusters
WHERE cluster = {cluster:String}
ORDER BY host_name, port;
