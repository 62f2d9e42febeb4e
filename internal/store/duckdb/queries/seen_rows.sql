SELECT
    (SELECT coalesce(max(rowid) + 1, 0) FROM events),
    (SELECT coalesce(max(rowid) + 1, 0) FROM blocks),
    (SELECT coalesce(max(rowid) + 1, 0) FROM identities),
    (SELECT coalesce(max(rowid) + 1, 0) FROM saved);
