-- The number of rows of each hour and the sum of their versions, which tell whether the rows have changed since: see hours_stamps.sql. Reading them
-- from the rows of a million generations and their links takes 200 ms, and from these projections 20. Merges of copies compute them again.
ALTER TABLE events@local MODIFY SETTING deduplicate_merge_projection_mode = 'rebuild';
ALTER TABLE events@local ADD PROJECTION IF NOT EXISTS hours (
    SELECT project, kind, intDiv(start_ms, 3600000), count(), sum(version)
    GROUP BY project, kind, intDiv(start_ms, 3600000)
);
ALTER TABLE events@local MATERIALIZE PROJECTION hours;
ALTER TABLE links@local MODIFY SETTING deduplicate_merge_projection_mode = 'rebuild';
ALTER TABLE links@local ADD PROJECTION IF NOT EXISTS hours (
    SELECT project, rules, uuid <> '00000000-0000-0000-0000-000000000000', intDiv(start_ms, 3600000), count(), sum(version)
    GROUP BY project, rules, uuid <> '00000000-0000-0000-0000-000000000000', intDiv(start_ms, 3600000)
);
ALTER TABLE links@local MATERIALIZE PROJECTION hours;
-- Conversations are found by their ids, as traces are.
ALTER TABLE events@local ADD INDEX IF NOT EXISTS conversation_ids conversation_id TYPE text(tokenizer = 'array');
ALTER TABLE events@local MATERIALIZE INDEX conversation_ids;
