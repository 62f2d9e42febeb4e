UPDATE events SET cost_state = priced.state, cost_nanos = priced.nanos, price = priced.price
FROM (
    SELECT unnest($projects::VARCHAR[]) AS project, unnest($uuids::VARCHAR[])::UUID AS uuid, unnest($states::INTEGER[])::UTINYINT AS state,
        unnest($nanos::BIGINT[]) AS nanos, unnest($prices::VARCHAR[]) AS price
) AS priced
WHERE events.start_ms >= $from_ms AND events.start_ms <= $to_ms AND events.project = priced.project AND events.uuid = priced.uuid;
