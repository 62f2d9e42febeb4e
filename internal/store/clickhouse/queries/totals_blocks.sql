SELECT toInt64(count()), min(received_ms) FROM blocks FINAL WHERE project = {project:String};
