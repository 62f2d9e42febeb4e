SELECT maxIf(received_ms, rules = {rules:Int32}), min(rules) FROM links;
