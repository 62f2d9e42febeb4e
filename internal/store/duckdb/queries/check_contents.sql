SELECT count(*), bit_xor(hash(t)) FROM contents t
