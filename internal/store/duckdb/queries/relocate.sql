UPDATE blocks SET location_key = moved.key, location_offset = moved.at, location_length = moved.size
FROM (
    SELECT unnest($projects::VARCHAR[]) AS project, unnest($uuids::VARCHAR[])::UUID AS uuid, unnest($keys::VARCHAR[]) AS key,
        unnest($offsets::BIGINT[]) AS at, unnest($lengths::BIGINT[]) AS size
) AS moved
WHERE blocks.project = moved.project AND blocks.uuid = moved.uuid;
