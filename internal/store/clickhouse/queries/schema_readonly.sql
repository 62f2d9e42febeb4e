-- Tables that replicate and do not know yet, or any more, how to reach the others.
SELECT groupArray(table) FROM system.replicas WHERE database = currentDatabase() AND is_readonly;
