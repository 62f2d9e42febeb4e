SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM blocks);
