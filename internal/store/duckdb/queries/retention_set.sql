INSERT INTO retention (before_ms) VALUES ($before_ms);
