package rawjson

// AppendCompact appends v without the white space between its tokens.
func AppendCompact(dst, v []byte) []byte {
	for i := 0; i < len(v); {
		switch {
		case v[i] == '"':
			end := skipString(v, i)
			dst = append(dst, v[i:end]...)
			i = end
		case isSpace(v[i]):
			i++
		default:
			dst = append(dst, v[i])
			i++
		}
	}
	return dst
}
