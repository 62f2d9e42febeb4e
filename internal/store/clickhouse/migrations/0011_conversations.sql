-- Conversations are found by their ids, as traces are.
ALTER TABLE events@local ADD INDEX IF NOT EXISTS conversation_ids conversation_id TYPE text(tokenizer = 'array');
ALTER TABLE events@local MATERIALIZE INDEX conversation_ids;
