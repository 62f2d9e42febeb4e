-- Whether there are links that are only by earlier rules.
SELECT count(*) FROM (SELECT 1 FROM links GROUP BY project, trace_id, uuid HAVING max(rules) < $rules LIMIT 1);
