package filter

// Expr is a condition on a row: And, Or, Not, Cond or Search.
type Expr interface{ expr() }

// And matches if all of its conditions match; an empty one always matches.
type And []Expr

// Or matches if any of its conditions matches. It is never empty.
type Or []Expr

// Not matches if its condition does not.
type Not struct{ Expr Expr }

// Cond is a condition on a field. A row without a value of the field fails every condition on it except negated ones.
type Cond struct {
	Field Field
	Op    Op
	// Values are what the field is compared with: any of them for Equal and Like, one for Less and the other comparisons, none for Has.
	Values []Value
}

// Op is the way in which a field is compared.
type Op string

// The ways in which fields are compared.
const (
	Has          Op = "has" // it has a value
	Equal        Op = "="
	Less         Op = "<"
	LessEqual    Op = "<="
	Greater      Op = ">"
	GreaterEqual Op = ">="
)

// Value is what a field is compared with. The field's type determines which of the three members is used.
type Value struct {
	// Text is used for text and choices. If Pattern is set, each * in Text matches any characters, or none; \* stands for a star and \\ for a backslash.
	Text    string
	Pattern bool
	// Number is used for numbers, amounts and durations (seconds).
	Number float64
	// Int is used for times (Unix milliseconds) and booleans (1 is true).
	Int int64
	// Search, if not nil, means that a text matches if it contains what is searched for. String does not write it: see MapSearches.
	Search *Search
}

// Search searches for text in prompts, answers, arguments and results of tools, errors and names.
type Search struct {
	// Words must follow each other as whole words, regardless of case (see Words).
	Words []string
	// Prefix means that the last word is only the beginning of a word.
	Prefix bool
	// Inside must occur anywhere, regardless of case. If it is set, Words is empty.
	Inside string
}

func (And) expr()    {}
func (Or) expr()     {}
func (Not) expr()    {}
func (Cond) expr()   {}
func (Search) expr() {}

// Everything is the condition that every row matches.
var Everything Expr = And(nil)
