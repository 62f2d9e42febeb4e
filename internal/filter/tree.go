package filter

// Expr is a condition on a row: And, Or, Not, Cond or Search.
type Expr interface{ expr() }

// And holds when all of it hold; an empty one always holds.
type And []Expr

// Or holds when any of it holds. It is never empty.
type Or []Expr

// Not holds when the condition does not.
type Not struct{ Expr Expr }

// Cond is a condition on a field. A row whose field has no value fails every condition on it but the negated ones.
type Cond struct {
	Field Field
	Op    Op
	// Values are what the field is compared with: any of them for Equal and Like, one for Less and its like, none for Has.
	Values []Value
}

// Op is how a field is compared.
type Op string

// How fields are compared.
const (
	Has          Op = "has" // it has a value
	Equal        Op = "="
	Less         Op = "<"
	LessEqual    Op = "<="
	Greater      Op = ">"
	GreaterEqual Op = ">="
)

// Value is what a field is compared with. By the field's type one of the three counts.
type Value struct {
	// Text is of text and choices. Pattern says that each * in Text stands for any characters, or none; a * that means
	// itself is written \*, and a backslash \\.
	Text    string
	Pattern bool
	// Number is of numbers, amounts and durations (seconds).
	Number float64
	// Int is of times (Unix milliseconds), and 1 for true of booleans.
	Int int64
}

// Search looks for text in prompts, answers, the arguments and results of tools, errors and names.
type Search struct {
	// Words must stand one after the other, as whole words regardless of case (see Words).
	Words []string
	// Prefix says that the last word need only begin like this.
	Prefix bool
	// Inside must occur anywhere, regardless of case; then there are no Words.
	Inside string
}

func (And) expr()    {}
func (Or) expr()     {}
func (Not) expr()    {}
func (Cond) expr()   {}
func (Search) expr() {}

// Everything is the condition that every row meets.
var Everything Expr = And(nil)
