package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"time"
)

// side is one of the servers that the part ingest compares.
type side struct {
	name string // "" if there is only one
	*server
	// send sends one round, and settle waits afterwards until the server is idle.
	send   func(context.Context) (sending, error)
	settle func(context.Context) error
	count  func(context.Context) (int64, error)
	// rest waits until its data have their final size.
	rest func(context.Context) error
	find func(ctx context.Context, text string) (rows int, took time.Duration, err error)

	rates []float64 // of the rounds
	sent  int64
	// cpu is the server's processor time, generator that of the load generator.
	cpu, generator float64
}

// measureIngest sends the same events to Playhead and to VictoriaLogs in turn, while the other one is idle, and searches for the same texts in both.
func measureIngest(ctx context.Context, o options, r *report) error {
	all, done, err := startSides(ctx, o)
	defer done()
	if err != nil {
		return err
	}
	data := fmt.Sprintf("%d rounds of %s", o.rounds, o.round().eventData())
	if len(all) > 1 {
		data += ", to VictoriaLogs as JSON lines with the conversation as message; it acknowledges what is not durable yet"
	} else {
		data += "; without VictoriaLogs, of which no program was given (-victorialogs)"
		fmt.Fprintln(os.Stderr, "ingest: -victorialogs is not given: Playhead is measured alone")
	}
	var ratios []float64
	for i := range o.rounds {
		order := slices.Clone(all)
		if i%2 == 1 {
			slices.Reverse(order)
		}
		for _, s := range order {
			if err := s.round(ctx); err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
		}
		ratios = append(ratios, all[len(all)-1].rates[i]/all[0].rates[i])
	}
	for _, s := range all {
		if err := s.reportLoad(ctx, r, data); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	if err := searchInTurn(ctx, o, r, all); err != nil {
		return err
	}
	if len(all) > 1 {
		r.add("ingest: rate of Playhead : VictoriaLogs, median of the rounds", medianOf(ratios), "", "1.0 or more", data)
	}
	return nil
}

// round has the options of one of several rounds, which together send all events.
func (o options) round() options {
	o.events /= o.rounds
	return o
}

// startSides starts Playhead, and before it VictoriaLogs if its program is given. done ends everything that was started, also after an error.
func startSides(ctx context.Context, o options) (all []*side, done func(), err error) {
	done = func() {
		for _, s := range all {
			_ = s.close()
		}
	}
	batches := func() []*batch {
		all := makeBatches(o)
		plant(all, o.rounds*o.round().batches()*batchSize, rarePhrases(o.questions()))
		return all
	}
	name := ""
	if o.victoriaLogs != "" {
		name = "Playhead"
		s, err := startVictoriaLogs(ctx, o)
		if err != nil {
			return all, done, err
		}
		batches := batches()
		all = append(all, &side{
			name: "VictoriaLogs", server: s,
			send:   func(ctx context.Context) (sending, error) { return sendLines(ctx, o.round(), s.client, batches) },
			settle: func(ctx context.Context) error { s.calm(ctx); return ctx.Err() },
			count:  func(ctx context.Context) (int64, error) { return logs(ctx, s) },
			rest:   func(ctx context.Context) error { return merged(ctx, s) },
			find: func(ctx context.Context, text string) (int, time.Duration, error) {
				return findLogs(ctx, s, text)
			},
		})
	}
	s, err := startEmpty(ctx, o, "ingest")
	if err != nil {
		return all, done, err
	}
	sent := batches()
	return append(all, &side{
		name: name, server: s,
		send:   func(ctx context.Context) (sending, error) { return sendEvents(ctx, o.round(), s.client, sent) },
		settle: s.settled,
		count: func(ctx context.Context) (int64, error) {
			t, err := s.totals(ctx)
			return t.Generations, err
		},
		rest: s.settled,
		find: func(ctx context.Context, text string) (int, time.Duration, error) {
			return s.client.find(ctx, "generations", text)
		},
	}), done, nil
}

// sendLines does for VictoriaLogs what sendEvents does.
func sendLines(ctx context.Context, o options, c *client, batches []*batch) (sending, error) {
	all := make([]*lines, len(batches))
	for i, b := range batches {
		var err error
		if all[i], err = newLines(b); err != nil {
			return sending{}, err
		}
	}
	return sendBatches(ctx, o, c, linesPath, "application/stream+json", func(connection, _ int) []byte {
		batches[connection].next(time.Now())
		return all[connection].of(batches[connection])
	})
}

// round sends one round and waits until the server is idle.
func (s *side) round(ctx context.Context) error {
	cpu, generator := s.cpuSeconds(), self().cpuSeconds()
	sent, err := s.send(ctx)
	if err != nil {
		return err
	}
	s.generator += self().cpuSeconds() - generator
	err = s.settle(ctx)
	s.cpu += s.cpuSeconds() - cpu
	s.rates, s.sent = append(s.rates, sent.perSecond()), s.sent+sent.count
	return err
}

// reportLoad reports the costs of the rounds, and the size of their data on disk.
func (s *side) reportLoad(ctx context.Context, r *report, data string) error {
	n := float64(s.sent)
	r.addOf(s.name, "events acknowledged, median of the rounds", medianOf(s.rates), "events/s", "", data)
	r.addOf(s.name, "server's processor time, with what it does by itself afterwards", s.cpu/n*1e6, "µs/event", "", data)
	r.addOf(s.name, "load generator's processor time", s.generator/n*1e6, "µs/event", "", data)
	r.addOf(s.name, "peak memory", s.peakMB(), "MB", "", data)
	if err := s.rest(ctx); err != nil {
		return err
	}
	count, err := s.count(ctx)
	if err != nil {
		return err
	}
	if count != s.sent {
		return fmt.Errorf("%d events acknowledged, %d queryable", s.sent, count)
	}
	r.addOf(s.name, "on disk at rest, with all indexes", float64(size(s.data()))/n, "B/event", "520 at most", data)
	return nil
}

// searchInTurn searches for each text on every side before the next one.
func searchInTurn(ctx context.Context, o options, r *report, all []*side) error {
	for _, q := range searches(rarePhrases(o.questions())) {
		took, cpu := make([][]time.Duration, len(all)), make([]float64, len(all))
		for i, text := range q.texts {
			for j, s := range all {
				before := s.cpuSeconds()
				rows, d, err := s.find(ctx, text)
				if err == nil {
					err = q.check(i, rows)
				}
				if err != nil {
					return fmt.Errorf("%s: %w", s.name, err)
				}
				took[j], cpu[j] = append(took[j], d), cpu[j]+s.cpuSeconds()-before
			}
		}
		for j, s := range all {
			r.addAsked(s.name, q.name+", first page", took[j], cpu[j], q.goal, fmt.Sprintf("%d events, %d different texts", s.sent, len(q.texts)))
		}
	}
	return nil
}
