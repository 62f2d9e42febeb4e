package intake

import (
	"cmp"
	"errors"
	"slices"
	"sync"
)

// Stranger counts events with an unknown project token, or with none, from one library.
type Stranger struct {
	// Token is shortened, because it may be the secret of something else; "" if there was none.
	Token string
	// Library is the client that sent it ("posthog-node/5.70.0"), "" if it does not say.
	Library          string
	Events, Requests int64
	FirstMS, LastMS  int64
}

// maxStrangers limits how many entries there are, because anybody can make up tokens. All further ones are counted in one entry without a library,
// whose token is "others".
const maxStrangers = 30

const otherStrangers = "others"

// tally records events that were refused because of a token, since the start.
type tally struct {
	mu  sync.Mutex
	all map[[2]string]*Stranger
}

// Refused records a request that ended with an error, if the error is about its token. library is its client, and events the number of its events.
func (g *Gate) Refused(err error, library string, events int, nowMS int64) {
	f, ok := errors.AsType[*Failure](err)
	if !ok || f.Outcome != outcomeUnauthorized {
		return
	}
	s := &g.strangers
	s.mu.Lock()
	defer s.mu.Unlock()
	key := [2]string{hint(f.Token), library}
	one := s.all[key]
	if one == nil && len(s.all) >= maxStrangers {
		key = [2]string{otherStrangers, ""}
		one = s.all[key]
	}
	if one == nil {
		if s.all == nil {
			s.all = map[[2]string]*Stranger{}
		}
		one = &Stranger{Token: key[0], Library: key[1], FirstMS: nowMS}
		s.all[key] = one
	}
	one.Events += int64(events)
	one.Requests++
	one.LastMS = max(one.LastMS, nowMS)
}

// Strangers are the senders of events with an unknown token since the start, the latest first.
func (g *Gate) Strangers() []Stranger {
	g.strangers.mu.Lock()
	defer g.strangers.mu.Unlock()
	var all []Stranger
	for _, one := range g.strangers.all {
		all = append(all, *one)
	}
	slices.SortFunc(all, func(a, b Stranger) int {
		return cmp.Or(cmp.Compare(b.LastMS, a.LastMS), cmp.Compare(a.Token, b.Token), cmp.Compare(a.Library, b.Library))
	})
	return all
}

// hint is the part of a token that is shown to recognize it.
func hint(token string) string {
	runes := []rune(token)
	if len(runes) <= 12 {
		return token
	}
	return string(runes[:8]) + "…" + string(runes[len(runes)-3:])
}
