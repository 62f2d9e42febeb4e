package impact

import (
	"fmt"
	"strconv"
)

// sentences describe a report for people.
func sentences(r Report, all Counts) []string {
	if all.Answers == 0 {
		return []string{"There are no answers yet of which it is known how long their users waited."}
	}
	d := r.main().Difference
	out := []string{verdict(d, r.LimitS)}
	if d.State == NotEnough {
		return out
	}
	if compared := d.Slow + d.Quick; 2*compared < all.Answers {
		out = append(out, fmt.Sprintf("Only %d of %d answers could be compared: of the others, there are only slow or only quick ones with the same model, task and length.", compared, all.Answers))
	}
	if d.State == None && d.High > 0.05 {
		out = append(out, "A difference that matters may still hide in so wide an interval. More answers make it narrower.")
	}
	out = append(out, check(r.Placebo))
	for _, w := range r.Waits {
		if w.Difference == nil || w.Difference.State != Better || d.State == Better {
			continue
		}
		out = append(out, fmt.Sprintf("Slower is not always worse: of 100 answers after %s, %s fewer end badly than after less than %s s.", w.span(), hundredths(-w.Difference.Estimate), number(Waits[0])))
	}
	return out
}

func (r Report) main() Worth {
	for _, w := range r.Worth {
		if w.AboveS == r.LimitS {
			return w
		}
	}
	return r.Worth[0]
}

func verdict(d Difference, limit float64) string {
	slow := fmt.Sprintf("answers that take %s s or longer", number(limit))
	switch d.State {
	case Worse:
		return fmt.Sprintf("Of 100 %s, %s more end badly than of quicker answers with the same model, task and length (between %s and %s more).",
			slow, hundredths(d.Estimate), hundredths(d.Low), hundredths(d.High))
	case Better:
		return fmt.Sprintf("Slower is not worse: of 100 %s, %s fewer end badly than of quicker answers with the same model, task and length (between %s and %s fewer).",
			slow, hundredths(-d.Estimate), hundredths(-d.High), hundredths(-d.Low))
	case None:
		return fmt.Sprintf("Slower is not worse, as far as can be told: of 100 %s, between %s fewer and %s more end badly than of quicker answers with the same model, task and length.",
			slow, hundredths(max(0, -d.Low)), hundredths(max(0, d.High)))
	}
	return fmt.Sprintf("Not enough answers to tell whether waiting hurts: %d that take %s s or longer and %d quicker ones can be compared, because they have the same model, task and length.", d.Slow, number(limit), d.Quick)
}

func check(p Placebo) string {
	switch {
	case p.State == NotEnough:
		return "Whether something else makes the difference could not be checked: too few answers follow another one in their session."
	case p.Failed && p.State == Worse:
		return fmt.Sprintf("Do not rely on this: the answers before slow ones were received badly more often, too, by %s of 100. Waiting for a later answer cannot have caused that, so something else is behind both.", hundredths(p.Estimate))
	case p.Failed:
		return fmt.Sprintf("Do not rely on this: the answers before slow ones were received badly less often, by %s of 100. Waiting for a later answer cannot have caused that, so something else is behind both.", hundredths(-p.Estimate))
	}
	return "The check holds: the answers before slow ones were received about as the answers before quick ones."
}

// span names a range of waits.
func (w WaitRange) span() string {
	if w.ToS == nil {
		return number(w.FromS) + " s or longer"
	}
	return number(w.FromS) + " to " + number(*w.ToS) + " s"
}

func number(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// hundredths is a share as a number of 100.
func hundredths(share float64) string { return strconv.FormatFloat(share*100, 'f', 1, 64) }
