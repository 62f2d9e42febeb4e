SELECT
--: clue_columns
FROM clues c
WHERE c.project = $project AND c.rules = $rules AND (c.session_id <> '') = $recorded AND c.at_ms < $to_ms AND c.end_ms >= $from_ms
    AND c.hash IN (SELECT unnest($hashes::BIGINT[]))
LIMIT $limit;
