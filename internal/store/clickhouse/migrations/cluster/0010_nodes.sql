CREATE TABLE IF NOT EXISTS nodes AS nodes_local ENGINE = Distributed(@cluster, @database, nodes_local, sipHash64(id));
