-- Whether there is one that was not derived by these rules yet.
SELECT count() FROM (SELECT 1 FROM links GROUP BY project, trace_id, uuid HAVING max(rules) < {rules:Int32} LIMIT 1);
