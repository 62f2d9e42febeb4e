SELECT
--: clue_columns
FROM clues AS c FINAL
WHERE c.project = {project:String} AND c.hash IN {hashes:Array(Int64)} AND c.rules = {rules:Int32} AND (c.session_id <> '') = {recorded:Bool}
    AND c.at_ms < {to_ms:Int64} AND c.end_ms >= {from_ms:Int64}
LIMIT {limit:UInt64};
