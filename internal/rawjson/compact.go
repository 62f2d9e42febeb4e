package rawjson

// AppendCompact appends v without the white space between its tokens.
func AppendCompact(dst, v []byte) []byte { return (*Pace)(nil).AppendCompact(dst, v) }

// AppendCompact does what the function AppendCompact does, and pauses.
func (p *Pace) AppendCompact(dst, v []byte) []byte {
	for i := 0; i < len(v); {
		switch {
		case v[i] == '"':
			end := p.skipString(v, i)
			dst = append(dst, v[i:end]...)
			i = end
		case isSpace(v[i]):
			i = p.Space(v, i)
		default:
			dst = append(dst, v[i])
			if i++; !p.Work(1) {
				return dst
			}
		}
	}
	return dst
}
