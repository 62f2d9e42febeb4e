-- Every server of a cluster, as the server that answers reaches it, and whether that one has Keeper.
SELECT DISTINCT host_name, port,
    (SELECT count() FROM system.tables WHERE database = 'system' AND name = 'zookeeper_connection') > 0
FROM system.clusters
WHERE cluster = {cluster:String}
ORDER BY host_name, port;
