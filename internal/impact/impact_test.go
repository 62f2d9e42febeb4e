package impact

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
)

const (
	worlds = 200
	// most is how many of them must be right.
	most = 190
)

func none(float64) float64 { return 0 }

// step adds to the risk of all waits of five seconds and more.
func step(size float64) func(float64) float64 {
	return func(waitS float64) float64 {
		if waitS >= 5 {
			return size
		}
		return 0
	}
}

// growing adds to the risk with each second, up to 15 of them.
func growing(size float64) func(float64) float64 {
	return func(waitS float64) float64 { return size * min(waitS, 15) }
}

// planted are the effects of waiting in simulated worlds, and what must be found.
var planted = []struct {
	name   string
	effect func(float64) float64
	finds  string
}{
	{"waits of 5 s and more add 8 of 100 bad endings", step(0.08), Worse},
	{"each second adds 1 of 100 bad endings", growing(0.01), Worse},
	{"waiting does nothing", none, None},
	{"waits of 5 s and more avoid 8 of 100 bad endings", step(-0.08), Better},
}

// A planted effect lies inside the interval of each limit (whether it lies in all at once, TestIntervalsHoldTogether counts), no effect is found where none was planted, and without adjustment the intervals would be
// wrong. The part simulated of package bench writes the numbers down.
func TestPlantedEffects(t *testing.T) {
	for i, of := range planted {
		t.Run(of.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(uint64(i), 11))
			together, each, states, verdicts, crude := 0, make([]int, len(Limits)), map[string]int{}, map[string]int{}, 0
			for range worlds {
				m := world{effect: of.effect}.make(r)
				report := Of(m.cells)
				all := true
				for n, w := range report.Worth {
					if holds(w.Difference, m.truth(above(w.AboveS))) {
						each[n]++
					} else {
						all = false
					}
				}
				if all {
					together++
				}
				states[report.main().Difference.State]++
				verdicts[report.Verdict]++
				if !holds(Compare(m.together(), report.LimitS, len(Limits)), m.truth(above(report.LimitS))) {
					crude++
				}
			}
			data := fmt.Sprintf("%d worlds of %d answers in %d sessions: %s", worlds, worldSessions*worldAnswers, worldSessions, of.name)
			unit := fmt.Sprintf("of %d", worlds)
			for n, inside := range each {
				figure(t, fmt.Sprintf("truth inside the interval above %v s", Limits[n]), inside, unit, "≥ 190", data)
				if inside < most {
					t.Errorf("above %v s the truth is inside the interval in %d of %d worlds", Limits[n], inside, worlds)
				}
			}
			figure(t, "truth inside all three intervals", together, unit, "", data)
			for _, state := range []string{Worse, None, Better} {
				goal := ""
				if state == of.finds && state == None {
					goal = "≥ 190"
				}
				figure(t, "found above 5 s: "+state, states[state], unit, goal, data)
			}
			figure(t, "placebo check fails", verdicts[Unreliable], unit, "", data)
			figure(t, "wrong without adjusting", crude, unit, "", data)
			least := most
			if of.finds != None {
				least = 175 // an effect of 5 of 100 may hide in an interval of that size
			}
			if states[of.finds] < least {
				t.Errorf("%q should be found, but: %v", of.finds, states)
			}
			if verdicts[Unreliable] > worlds-175 {
				t.Errorf("the placebo check fails where nothing else is behind it: %v", verdicts)
			}
			if crude < 150 {
				t.Errorf("these worlds are not confounded: without adjusting %d of %d are wrong", crude, worlds)
			}
		})
	}
}

// The intervals of the three limits together contain the truth with 95 %, and so do those of the ranges of waits. Chance moves the number by less than
// three standard deviations.
func TestIntervalsHoldTogether(t *testing.T) {
	const each = 400
	n := float64(each * len(planted))
	least := int(0.95*n - 3*math.Sqrt(n*0.95*0.05))
	limits, ranges := 0, 0
	for i, of := range planted {
		r := rand.New(rand.NewPCG(uint64(i), 12))
		for range each {
			m := world{effect: of.effect}.make(r)
			report := Of(m.cells)
			if !slices.ContainsFunc(report.Worth, func(w Worth) bool { return !holds(w.Difference, m.truth(above(w.AboveS))) }) {
				limits++
			}
			inside := true
			for i, w := range report.Waits {
				if w.Difference != nil && w.Difference.State != NotEnough {
					inside = inside && holds(*w.Difference, m.truth(against(i)))
				}
			}
			if inside {
				ranges++
			}
		}
	}
	data := fmt.Sprintf("%v worlds, those of the planted effects with other random numbers", n)
	figure(t, "truth inside the intervals of all limits at once", limits, fmt.Sprintf("of %v", n), "95 %", data)
	figure(t, "truth inside the intervals of all ranges of waits at once", ranges, fmt.Sprintf("of %v", n), "95 %", data)
	if limits < least || ranges < least {
		t.Errorf("of %v worlds the truth is inside all intervals of limits in %d, and of ranges in %d; want %d", n, limits, ranges, least)
	}
}

func holds(d Difference, truth float64) bool {
	return d.State != NotEnough && d.Low <= truth && truth <= d.High
}

// The placebo check fails if answers are slow and endings bad for another reason, which no row shows.
func TestThePlaceboCheckFailsWhereSomethingElseIsBehindIt(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	found, failed := 0, 0
	for range worlds {
		report := Of(world{effect: none, hidden: true}.make(r).cells)
		if report.main().Difference.State == Worse {
			found++
		}
		if report.Verdict == Unreliable {
			failed++
		}
	}
	data := fmt.Sprintf("%d worlds in which waiting does nothing and a hidden cause makes half of the sessions slower and worse", worlds)
	figure(t, "found above 5 s: "+Worse, found, fmt.Sprintf("of %d", worlds), "", data)
	figure(t, "placebo check fails", failed, fmt.Sprintf("of %d", worlds), "", data)
	if found < most || failed < 150 {
		t.Errorf("waiting would be blamed in %d of %d worlds, and the check fails in %d", found, worlds, failed)
	}
}

// figure reports a figure to the part simulated of package bench, which writes it down with the hardware and the commit.
func figure(t *testing.T, name string, value int, unit, goal, data string) {
	t.Attr("figure", fmt.Sprintf(`{"name":%q,"value":%d,"unit":%q,"goal":%q,"data":%q}`, name, value, unit, goal, data))
}

// cells makes counts of answers in one stratum: for each range of waits, how many answers there are and how many ended badly.
func cells(model string, counts ...[2]int64) (all []Cell) {
	for wait, n := range counts {
		all = append(all, Cell{Stratum{Model: model}, wait, Counts{Answers: n[0], Bad: n[1]}})
	}
	return all
}

func near(a, b float64) bool { return math.Abs(a-b) < 5e-5 }

func TestProportion(t *testing.T) {
	for _, of := range []struct {
		count, n  int64
		low, high float64
	}{{0, 10, 0, 0.27753}, {5, 10, 0.23659, 0.76341}, {10, 10, 0.72247, 1}, {81, 263, 0.25529, 0.36621}} {
		if p := NewProportion(of.count, of.n); !near(p.Low, of.low) || !near(p.High, of.high) || !near(*p.Share, float64(of.count)/float64(of.n)) {
			t.Errorf("%d of %d: %v to %v, want %v to %v", of.count, of.n, p.Low, p.High, of.low, of.high)
		}
	}
	if none, all := NewProportion(0, 50), NewProportion(50, 50); none.Low != 0 || all.High != 1 {
		t.Errorf("of 50, none: %+v, all: %+v", none, all)
	}
	if p := NewProportion(0, 0); p.Share != nil || p.Low != 0 || p.High != 1 {
		t.Errorf("of none: %+v", p)
	}
}

func TestDifference(t *testing.T) {
	// With as many slow as quick answers in one stratum, the variance is that of two independent shares.
	d := Compare(cells("a", [2]int64{100, 20}, [2]int64{}, [2]int64{}, [2]int64{100, 30}), 5, 1)
	if half := 1.959964 * math.Sqrt(0.3*0.7/100+0.2*0.8/100); !near(d.Estimate, 0.1) || !near(d.Low, 0.1-half) || !near(d.High, 0.1+half) || d.State != None {
		t.Errorf("one stratum: %+v", d)
	}
	// Neither of two strata has a difference, but together they seem to have a large one, because the slow model is also the bad one.
	mixed := append(cells("a", [2]int64{900, 90}, [2]int64{}, [2]int64{}, [2]int64{100, 10}), cells("b", [2]int64{100, 50}, [2]int64{}, [2]int64{}, [2]int64{900, 450})...)
	if d := Compare(mixed, 5, 1); !near(d.Estimate, 0) || d.State != None || d.Slow != 1000 || d.Quick != 1000 {
		t.Errorf("two strata: %+v", d)
	}
	// A stratum with only one side contributes nothing.
	if with := Compare(append(mixed, cells("c", [2]int64{500, 500})...), 5, 1); with != Compare(mixed, 5, 1) {
		t.Errorf("a stratum without slow answers changes it: %+v", with)
	}
	for name, few := range map[string][]Cell{
		"none": nil, "no slow ones": cells("a", [2]int64{1000, 100}), "few": cells("a", [2]int64{40, 20}, [2]int64{}, [2]int64{}, [2]int64{40, 20}),
		"hardly any bad": cells("a", [2]int64{1000, 4}, [2]int64{}, [2]int64{}, [2]int64{1000, 5}),
	} {
		if d := Compare(few, 5, 1); d.State != NotEnough || d.Estimate != 0 || d.Low != -1 || d.High != 1 {
			t.Errorf("%s: %+v", name, d)
		}
	}
	if one, three := quantile(1), quantile(3); !near(one, 1.95996) || !near(three, 2.38774) {
		t.Errorf("quantiles are %v and %v", one, three)
	}
}

func TestReport(t *testing.T) {
	counts := cells("a", [2]int64{1000, 200}, [2]int64{1000, 100}, [2]int64{1000, 200}, [2]int64{500, 200}, [2]int64{100, 50}, [2]int64{10, 5})
	counts[0].Kinds = []int64{3, 0, 0, 0, 0, 0, 0, 7, 0}
	counts[0].Good = 500
	r := Of(counts)
	if len(r.Waits) != 6 || r.Waits[1].FromS != 1 || *r.Waits[1].ToS != 2 || r.Waits[5].FromS != 20 || r.Waits[5].ToS != nil || r.Waits[0].Difference != nil ||
		r.Waits[0].Reactions["copied"].Count != 7 || r.Waits[0].Reactions["left"].Count != 3 || r.Waits[0].Good.Count != 500 || r.Waits[3].Bad.Count != 200 {
		t.Errorf("ranges: %+v", r.Waits)
	}
	if copied, none := r.Waits[0].Reactions["copied"], r.Waits[0].Reactions["raged"]; *copied.Share != 0.007 || !near(copied.Low, 0.003395) || !near(copied.High, 0.014377) || none.Of != 1000 || !near(none.High, 0.003827) {
		t.Errorf("intervals of kinds: %+v, %+v", copied, none)
	}
	if w := r.Worth[1]; w.AboveS != 5 || w.Answers != 610 || w.Bad.Count != 255 || w.OfBad.Of != 755 || w.Difference.State != Worse || w.Extra == nil ||
		w.Extra.Low > w.Extra.Count || w.Extra.Count > w.Extra.High || w.Extra.High > 255 || w.Extra.Count != int64(math.Round(w.Difference.Estimate*610)) {
		t.Errorf("above 5 s: %+v", w)
	}
	if r.LimitS != 5 || r.Verdict != Worse || r.Placebo.State != NotEnough || r.Placebo.Failed {
		t.Errorf("above %v s: %s, %+v", r.LimitS, r.Verdict, r.Placebo)
	}
	said := strings.Join(r.Sentences, "\n")
	for _, want := range []string{"Of 100 answers that take 5 s or longer, 25.1 more end badly", "could not be checked", "Slower is not always worse: of 100 answers after 1 to 2 s, 10.0 fewer end badly than after less than 1 s."} {
		if !strings.Contains(said, want) {
			t.Errorf("no %q in\n%s", want, said)
		}
	}
	if other := Of(counts); !reflect.DeepEqual(r, other) {
		t.Error("the same cells have another report")
	}
}

func TestSentences(t *testing.T) {
	for name, of := range map[string]struct {
		cells []Cell
		want  string
	}{
		"nothing":    {nil, "There are no answers yet"},
		"not enough": {cells("a", [2]int64{10, 2}, [2]int64{}, [2]int64{}, [2]int64{5, 1}), "Not enough answers to tell whether waiting hurts: 5 that take 5 s or longer and 10 quicker ones"},
		"none":       {cells("a", [2]int64{1000, 200}, [2]int64{}, [2]int64{1000, 200}), "Slower is not worse, as far as can be told: of 100 answers that take 2 s or longer, between 4.3 fewer and 4.3 more end badly"},
		"wide":       {cells("a", [2]int64{100, 20}, [2]int64{}, [2]int64{100, 20}), "A difference that matters may still hide in so wide an interval."},
		"better":     {cells("a", [2]int64{1000, 300}, [2]int64{}, [2]int64{1000, 100}), "Slower is not worse: of 100 answers that take 2 s or longer, 20.0 fewer end badly"},
		"apart":      {append(cells("a", [2]int64{200, 20}, [2]int64{}, [2]int64{200, 20}), cells("b", [2]int64{2000, 20})...), "Only 400 of 2400 answers could be compared"},
	} {
		if said := strings.Join(Of(of.cells).Sentences, "\n"); !strings.Contains(said, of.want) {
			t.Errorf("%s: no %q in\n%s", name, of.want, said)
		}
	}
	checked := cells("a", [2]int64{1000, 200}, [2]int64{}, [2]int64{1000, 300})
	for n, want := range map[int64]string{100: "The check holds", 200: "by 10.0 of 100. Waiting for a later answer cannot have caused that"} {
		for i := range checked {
			checked[i].Before, checked[i].BeforeBad = 1000, 100
		}
		checked[2].BeforeBad = n
		r := Of(checked)
		if said := strings.Join(r.Sentences, "\n"); !strings.Contains(said, want) || (r.Verdict == Unreliable) != (n == 200) {
			t.Errorf("%d bad before: %s, no %q in\n%s", n, r.Verdict, want, said)
		}
	}
}

func ExampleOf() {
	answers := func(wait int, n, bad int64) Cell {
		return Cell{Stratum{Model: "gpt-5", Task: "chat", Length: 2}, wait, Counts{Answers: n, Bad: bad}}
	}
	report := Of([]Cell{answers(0, 800, 80), answers(3, 200, 60)})
	fmt.Println(report.Verdict)
	fmt.Println(report.Sentences[0])
	// Output:
	// worse
	// Of 100 answers that take 5 s or longer, 20.0 more end badly than of quicker answers with the same model, task and length (between 11.9 and 28.1 more).
}
