package textblock

// capitals says which letters of ASCII are large in a token that is kept in small ones. A search wants The beside the, and so what they share
// is written once: of text in which one word of nine has large letters, 9 bytes an event.
type capitals byte

const (
	asKept capitals = iota
	firstLarge
	allLarge
)

// small appends a token in small letters if capitals can say which were large, and else as it is.
func small(to, token []byte) ([]byte, capitals) {
	large, little := 0, 0
	for _, c := range token {
		switch {
		case 'A' <= c && c <= 'Z':
			large++
		case 'a' <= c && c <= 'z':
			little++
		}
	}
	begin := len(to)
	to = append(to, token...)
	kept := to[begin:]
	switch {
	case large == 1 && 'A' <= token[0] && token[0] <= 'Z':
		kept[0] |= 0x20
		return to, firstLarge
	case large > 0 && little == 0:
		lower(kept)
		return to, allLarge
	}
	return to, asKept
}

// enlarge makes a token again of what small made of it.
func (c capitals) enlarge(kept []byte) {
	for i, letter := range kept {
		if c == asKept || c == firstLarge && i > 0 {
			return
		}
		if 'a' <= letter && letter <= 'z' {
			kept[i] = letter &^ 0x20
		}
	}
}
