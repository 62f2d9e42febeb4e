SELECT count(*), bit_xor(hash(t)) FROM refusals t
