SELECT max(received_ms) FROM links WHERE rules = {rules:Int32};
