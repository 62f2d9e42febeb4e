// Package spelling finds what somebody meant who wrote a name that does not exist.
package spelling

// Nearest returns the name that differs least from what was written, in at most so many letters that were put in, left out or
// exchanged (Levenshtein's distance), "" when none is that near. Of equally near ones the first counts.
func Nearest(written string, most int, names []string) string {
	best, least := "", most+1
	for _, name := range names {
		if d := distance(written, name); d < least {
			best, least = name, d
		}
	}
	return best
}

func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			substituted := diagonal
			if a[i] != b[j] {
				substituted++
			}
			diagonal = row[j+1]
			row[j+1] = min(substituted, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
