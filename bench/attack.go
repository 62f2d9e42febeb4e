package main

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"time"
)

var attackColumns = []string{"attack", "addresses", "events, quiet p95, ms", "under attack, ms", "times",
	"recordings, times", "reads, times", "others told to come again", "others failed", "attackers were answered", "processor time after they left, s", "peak memory, MB"}

// measureAttack measures, for each attack, what other clients of a server notice, without and with the attack.
func measureAttack(ctx context.Context, o options, r *report) error {
	attacks, err := chosen(allAttacks(o.hostile.bodyMB*1e6), o.hostile.attacks, func(a attack) string { return a.name })
	if err != nil {
		return err
	}
	addresses, err := o.hostile.chosenAddresses()
	if err != nil {
		return err
	}
	t := r.newComparison(fmt.Sprintf("%d attackers, each at most %.0f requests/s, %d times %v beside as much of quiet; %s. Times is the median of the rounds' ratios to the quiet before",
		together, 1/attackEvery.Seconds(), o.rounds, o.hostile.phase, otherData), attackColumns...)
	worst, peak, busy, failed := 0.0, 0.0, 0, 0
	for _, a := range attacks {
		run := a.prepare()
		debug.FreeOSMemory()
		for _, n := range addresses {
			fmt.Fprintf(os.Stderr, "%s: %s\n", a.name, a.what)
			one, err := o.underAttack(ctx, a, run, n)
			if err != nil {
				return fmt.Errorf("%s: %w", a.name, err)
			}
			t.add(one.row...)
			worst, peak, busy, failed = max(worst, one.times), max(peak, one.peak), busy+one.busy, failed+one.failed
			if err := r.write(o.out); err != nil { // this takes long, so keep the results so far
				return err
			}
		}
	}
	r.add("others' p95 under attack, in times of the quiet one: the worst", worst, "times", "2 at most", below)
	r.add("peak memory under attack", peak, "MB", memoryGoal, below)
	r.add("others told to come again under attack", float64(busy), "requests", "0", below)
	r.add("others' requests that failed under attack", float64(failed), "requests", "0", below)
	return nil
}

type attacked struct {
	row          []any
	times        float64 // the largest ratio of all kinds of requests
	peak         float64 // MB
	busy, failed int
}

// underAttack measures one attack on a new server.
func (o options) underAttack(ctx context.Context, a attack, run attacking, addresses int) (*attacked, error) {
	args, err := o.hostile.args()
	if err != nil {
		return nil, err
	}
	s, err := startEmpty(ctx, o, "attack", args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = s.close() }()
	users, err := newOthers(ctx, s)
	if err != nil {
		return nil, err
	}
	defer users.close()
	enemies := newAttackers(s, addresses)
	if _, err := users.use(ctx, 2*time.Second); err != nil { // for connections and caches
		return nil, err
	}
	s.calm(ctx)
	_ = s.forgetPeak()
	watched := s.watchPeak(ctx)
	ratios, quietMS, attackMS := map[string][]float64{}, []float64{}, []float64{}
	result, after := &attacked{}, 0.0
	for range o.rounds {
		quiet, err := users.use(ctx, o.hostile.phase)
		if err != nil {
			return nil, err
		}
		loud, err := besideAttack(ctx, run, enemies, func(ctx context.Context) (*felt, error) { return users.use(ctx, o.hostile.phase) })
		if err != nil {
			return nil, err
		}
		for _, kind := range otherKinds {
			ratios[kind] = append(ratios[kind], loud.p95(kind)/quiet.p95(kind))
		}
		quietMS, attackMS = append(quietMS, quiet.p95("events")), append(attackMS, loud.p95("events"))
		result.busy, result.failed = result.busy+loud.busy, result.failed+loud.failed
		if loud.example != "" {
			fmt.Fprintf(os.Stderr, "%s: others: %s\n", a.name, loud.example)
		}
		if quiet.busy+quiet.failed > 0 {
			fmt.Fprintf(os.Stderr, "%s: others, quiet: %s\n", a.name, quiet.example)
		}
		cpu, _ := s.calm(ctx)
		after = max(after, cpu)
		if s.dead() {
			break
		}
	}
	result.peak, _ = watched()
	said := enemies.summary()
	if s.dead() {
		said += "; the server died"
	}
	for _, kind := range otherKinds {
		result.times = max(result.times, median(ratios[kind]))
	}
	result.row = []any{a.name, float64(addresses), median(quietMS), median(attackMS), median(ratios["events"]), median(ratios["recordings"]), median(ratios["reads"]),
		float64(result.busy), float64(result.failed), said, after, result.peak}
	return result, nil
}

// besideAttack calls a function while all attackers are active, and then ends the attack.
func besideAttack(ctx context.Context, run attacking, enemies *attackers, do func(context.Context) (*felt, error)) (*felt, error) {
	attack, stop := context.WithCancel(ctx)
	begun, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		run(attack, enemies, func() { close(begun) })
	}()
	defer func() {
		stop()
		<-ended
	}()
	select {
	case <-begun:
	case <-enemies.server.ended:
	case <-ctx.Done():
	}
	return do(ctx)
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
