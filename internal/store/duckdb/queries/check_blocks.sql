SELECT count(*), bit_xor(hash(t)) FROM blocks t
