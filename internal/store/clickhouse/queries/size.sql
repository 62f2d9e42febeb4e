SELECT (SELECT toInt64(count()) FROM events FINAL), (SELECT toInt64(count()) FROM blocks FINAL);
