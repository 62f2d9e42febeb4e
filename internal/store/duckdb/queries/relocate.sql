UPDATE blocks SET place_key = moved.key, place_offset = moved.at, place_length = moved.size
FROM (
    SELECT unnest($projects::VARCHAR[]) AS project, unnest($uuids::VARCHAR[])::UUID AS uuid, unnest($keys::VARCHAR[]) AS key,
        unnest($offsets::BIGINT[]) AS at, unnest($lengths::BIGINT[]) AS size
) AS moved
WHERE blocks.project = moved.project AND blocks.uuid = moved.uuid;
