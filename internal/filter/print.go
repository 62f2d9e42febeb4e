package filter

import (
	"strconv"
	"strings"
	"time"
)

// String writes a condition so that Parse returns an equal one. The UI puts this into the search box and the address.
func String(e Expr) string {
	var b strings.Builder
	write(&b, e, false)
	return b.String()
}

// write adds parentheses to a condition with several terms if it is inside another one.
func write(b *strings.Builder, e Expr, inside bool) {
	several := func(all []Expr, between string) {
		if inside {
			b.WriteByte('(')
		}
		for i, x := range all {
			if i > 0 {
				b.WriteString(between)
			}
			write(b, x, true)
		}
		if inside {
			b.WriteByte(')')
		}
	}
	switch e := e.(type) {
	case And:
		several(e, " ")
	case Or:
		several(e, " OR ")
	case Not:
		b.WriteByte('-')
		write(b, e.Expr, true)
	case Cond:
		b.WriteString(e.Field.Name)
		b.WriteByte(':')
		if e.Op == Has {
			b.WriteByte('*')
			return
		}
		if e.Op != Equal {
			b.WriteString(string(e.Op))
		}
		for i, v := range e.Values {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(e.Field.text(v))
		}
	case Search:
		switch {
		case e.Inside != "":
			b.WriteString("*" + e.Inside + "*")
		case e.Prefix && len(e.Words) == 1:
			b.WriteString(e.Words[0] + "*")
		case e.Prefix:
			b.WriteString(strings.Join(e.Words, ".") + "*")
		case len(e.Words) == 1 && !isKeyword(e.Words[0]):
			b.WriteString(e.Words[0])
		default:
			b.WriteString(`"` + strings.Join(e.Words, " ") + `"`)
		}
	}
}

func isKeyword(word string) bool { return word == "OR" || word == "AND" || word == "NOT" }

// text writes a value as Parse reads it.
func (f Field) text(v Value) string {
	switch f.Type {
	case Bool:
		return strconv.FormatBool(v.Int != 0)
	case Choice:
		return v.Text
	case Number, Decimal:
		return strconv.FormatFloat(v.Number, 'f', -1, 64)
	case Duration:
		return strconv.FormatFloat(v.Number, 'f', -1, 64) + "s"
	case Time:
		return time.UnixMilli(v.Int).UTC().Format(time.RFC3339Nano)
	}
	if v.Pattern {
		return strings.ReplaceAll(v.Text, `\\`, `\`)
	}
	if v.Text == "" || strings.ContainsAny(v.Text, "\" \t\r\n(),*") || v.Text[0] == '<' || v.Text[0] == '>' {
		return quote(v.Text)
	}
	return v.Text
}

// quote puts quotes around a text.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
