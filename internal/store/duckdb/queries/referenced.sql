SELECT DISTINCT place_key FROM blocks WHERE place_key IN (SELECT unnest($keys::VARCHAR[]));
