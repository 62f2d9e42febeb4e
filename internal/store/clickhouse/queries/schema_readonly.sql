-- Replicated tables that are not, or no longer, connected to the others.
SELECT groupArray(table) FROM system.replicas WHERE database = currentDatabase() AND is_readonly;
