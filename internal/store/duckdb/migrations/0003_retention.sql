-- Before when rows were dropped, one row once some were: from then on the numbers of rows are not what they were.
CREATE TABLE retention (before_ms BIGINT NOT NULL);
