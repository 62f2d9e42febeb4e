package llm

// Limit bounds a page of messages. A zero field does not.
type Limit struct {
	// Parts is how many parts, or messages when there are more of those, a page has.
	Parts int
	// Bytes is about how many bytes a page has as JSON.
	Bytes int
}

// Cursor is where a page ended and the next one begins; nil is the beginning, and the end.
type Cursor []byte

// Page is a run of messages.
type Page struct {
	Messages []Message
	// Next is where reading goes on, nil when this is the end.
	Next Cursor
}

// Read makes messages of an event's input or output, from a cursor on.
func Read(raw []byte, output bool, at Cursor, limit Limit) (Page, error) {
	return Page{Messages: Messages(raw, output)}, nil
}

// Ends are the first messages of an input and, where those do not reach it, the latest turn.
func Ends(raw []byte, head, last Limit) (Page, Page) {
	p, _ := Read(raw, false, nil, head)
	return p, Page{Messages: []Message{}}
}
