-- How often rows were dropped: after each time rows have other numbers.
CREATE TABLE dropped (times BIGINT NOT NULL);
INSERT INTO dropped VALUES (0);
