-- Whether time_ms is the server's, because the client sent none: the cluster's storage needs to know (see model.Event), and
-- what is moved there must say so.
ALTER TABLE events ADD COLUMN untimed BOOLEAN DEFAULT false;
