INSERT INTO identities (uuid, version, time_ms, id, other_id, name, email)
