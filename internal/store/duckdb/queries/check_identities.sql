SELECT count(*), bit_xor(hash(t)) FROM identities t
