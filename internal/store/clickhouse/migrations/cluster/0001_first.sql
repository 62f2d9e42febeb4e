-- The tables that queries name, where a cluster is named: each stands for the same table on every shard. The uuid says
-- which shard, so that all copies of a row meet there, and spreads the load evenly.
CREATE TABLE IF NOT EXISTS events     AS events_local     ENGINE = Distributed(@cluster, @database, events_local, sipHash64(uuid));
CREATE TABLE IF NOT EXISTS contents   AS contents_local   ENGINE = Distributed(@cluster, @database, contents_local, sipHash64(uuid));
CREATE TABLE IF NOT EXISTS identities AS identities_local ENGINE = Distributed(@cluster, @database, identities_local, sipHash64(uuid));
CREATE TABLE IF NOT EXISTS blocks     AS blocks_local     ENGINE = Distributed(@cluster, @database, blocks_local, sipHash64(uuid));
CREATE TABLE IF NOT EXISTS refusals   AS refusals_local   ENGINE = Distributed(@cluster, @database, refusals_local, rand());
