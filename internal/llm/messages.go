package llm

// Messages placeholder is completed below.
func Messages(raw []byte) []Message { return []Message{} }
