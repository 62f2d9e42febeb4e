SELECT count(*), bit_xor(hash(t)) FROM events t
