DELETE FROM texts WHERE number IN (SELECT unnest($numbers::BIGINT[]));
