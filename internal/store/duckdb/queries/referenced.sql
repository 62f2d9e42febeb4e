SELECT DISTINCT location_key FROM blocks WHERE location_key IN (SELECT unnest($keys::VARCHAR[]));
