package query

// Limits of one page of a list.
const (
	DefaultLimit = 50
	MaxLimit     = 500
)

// maxText bounds who is searched for: past it nobody means it and the scan is expensive.
const maxText = 1000
