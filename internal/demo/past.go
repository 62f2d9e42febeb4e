package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/playheadhq/playhead/internal/demo/history"
)

// Find is something in the history that is worth seeing.
type Find = history.Find

// State is what the demo can show, for its own page and for Playhead's.
type State struct {
	// Chat is the application's address, without a slash at its end.
	Chat string `json:"chat"`
	// Sent is the share of the history that is stored, from 0 to 1; 1 when there is none.
	Sent float64 `json:"sent"`
	// Problem says why the history could not be sent; it is usually "".
	Problem string `json:"problem"`
	// Finds are empty without a history.
	Finds []Find `json:"finds"`
}

// past sends the history and tracks its progress.
type past struct {
	file    string // the record of what was sent
	target  history.Target
	size    history.Size
	changed func(State)

	mu    sync.Mutex
	state State
}

func newPast(o Options) *past {
	p := &past{
		file: o.History, size: o.HistorySize, changed: o.Changed, state: State{Sent: 1, Finds: []Find{}},
		target: history.Target{URL: o.PlayheadURL, Token: o.Token, HTTP: &http.Client{Timeout: 2 * time.Minute}},
	}
	if p.size == (history.Size{}) {
		p.size = history.Full
	}
	return p
}

func (p *past) now() State {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state
}

func (p *past) set(change func(*State)) {
	p.mu.Lock()
	change(&p.state)
	state := p.state
	p.mu.Unlock()
	if p.changed != nil {
		p.changed(state)
	}
}

// note is the content of the file that records what was sent. The history is determined by its end, so after an interruption the same history is sent
// again.
type note struct {
	End  time.Time `json:"end"`
	Sent bool      `json:"sent"`
}

// run sends the history, unless it was sent before. It returns when the history is sent, sending has failed, or ctx ends.
func (p *past) run(ctx context.Context) error {
	if p.file == "" {
		return nil
	}
	defer p.target.HTTP.CloseIdleConnections()
	n, err := p.read()
	if err != nil {
		return p.failed(err)
	}
	h := history.New(n.End, p.size)
	p.set(func(s *State) {
		s.Finds = h.Finds()
		if !n.Sent {
			s.Sent = 0
		}
	})
	if n.Sent {
		return nil
	}
	if err := p.write(n); err != nil {
		return p.failed(err)
	}
	err = h.Send(ctx, p.target, func(stories int) {
		if stories < h.Len() { // the file records that all of it was sent
			p.set(func(s *State) { s.Sent = float64(stories) / float64(h.Len()) })
		}
	})
	if ctx.Err() != nil {
		return nil // the program stops; the next start sends the rest
	}
	if err == nil {
		n.Sent = true
		err = p.write(n)
	}
	if err != nil {
		return p.failed(err)
	}
	p.set(func(s *State) { s.Sent = 1 })
	return nil
}

func (p *past) failed(err error) error {
	p.set(func(s *State) { s.Problem = err.Error() })
	return err
}

func (p *past) read() (note, error) {
	n := note{End: time.Now().UTC().Truncate(time.Second)}
	raw, err := os.ReadFile(p.file)
	if errors.Is(err, fs.ErrNotExist) {
		return n, nil
	}
	if err == nil {
		err = json.Unmarshal(raw, &n)
	}
	if err != nil {
		return n, fmt.Errorf("the note of the demo's history cannot be read, so nothing was sent; delete it to send the history again: %w", err)
	}
	return n, nil
}

func (p *past) write(n note) error {
	raw, err := json.Marshal(n)
	if err == nil {
		err = os.WriteFile(p.file, append(raw, '\n'), 0o600)
	}
	if err != nil {
		return fmt.Errorf("the demo cannot note that its history is sent: %w", err)
	}
	return nil
}
