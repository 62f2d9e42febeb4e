package query

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/model"
)

// Shares signs links.
type Shares interface {
	Token(access.Share) string
	// Share reads a token; false is for one that was not signed by this installation. It may have ended.
	Share(token string) (access.Share, bool)
}

// Share is a link that shows one trace without an account.
type Share struct {
	ID     string `json:"id"`
	Trace  string `json:"trace" doc:"the id of the trace that it shows"`
	MadeMS int64  `json:"made_ms"`
	EndsMS int64  `json:"ends_ms" doc:"when it stops working"`
	URL    string `json:"url" doc:"the page of the link. Whoever has it sees the trace until then"`
}

// shareBody is what the row of a share says.
type shareBody struct {
	Trace  string `json:"trace"`
	EndsMS int64  `json:"ends_ms"`
}

// shortest and longest are how long links work.
const (
	shortestShare = time.Minute
	longestShare  = 90 * 24 * time.Hour
)

// ShareRequest asks for a link.
type ShareRequest struct {
	Trace string
	// ExpiresIn is a length of time: 30m, 24h, 7d.
	ExpiresIn string
}

// SharePath is the beginning of the addresses of links, which a token follows.
const SharePath = "/shared/"

// ShareTrace makes a link.
func (s *Service) ShareTrace(ctx context.Context, scope access.Scope, r ShareRequest) (Share, error) {
	if s.shares == nil {
		return Share{}, badInput("", "Links would be signed by a key that only this process knows. Set PLAYHEAD_COOKIE_KEY to the same value on all servers (create one with: openssl rand -base64 48).")
	}
	length, ok := lengthOf(r.ExpiresIn)
	if !ok || length < shortestShare || length > longestShare {
		return Share{}, badInput("expires_in", "expires_in is a length of time from 1m to 90d, such as 30m, 24h or 7d; got %q.", shortened(r.ExpiresIn))
	}
	if _, err := s.open(ctx, scope, r.Trace); err != nil {
		return Share{}, err
	}
	rows, err := s.savedIn(ctx, scope, model.SavedShare, uuid.Nil)
	if err != nil {
		return Share{}, err
	}
	if rows = s.working(rows); len(rows) >= maxSaved {
		return Share{}, badInput("trace", "%d links are working already. Withdraw one first.", maxSaved)
	}
	body := shareBody{Trace: r.Trace, EndsMS: s.now().Add(length).Truncate(time.Second).UnixMilli()}
	row, err := s.keep(ctx, scope, model.Saved{ID: uuid.New(), Kind: model.SavedShare, Body: bodyFor(body)}, nil)
	if err != nil {
		return Share{}, err
	}
	return s.shareView(row), nil
}

// lengthOf reads a number and its unit.
func lengthOf(text string) (time.Duration, bool) {
	units := map[byte]time.Duration{'m': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour}
	if text == "" {
		return 0, false
	}
	unit := units[text[len(text)-1]]
	n, err := strconv.ParseUint(text[:len(text)-1], 10, 16)
	return time.Duration(n) * unit, err == nil && unit > 0
}

// SharedTraces lists the links that work, the latest first, those of one trace when it is named.
func (s *Service) SharedTraces(ctx context.Context, scope access.Scope, trace string) (List[Share], error) {
	out := List[Share]{Items: []Share{}}
	if s.shares == nil {
		return out, nil
	}
	rows, err := s.savedIn(ctx, scope, model.SavedShare, uuid.Nil)
	if err != nil {
		return out, err
	}
	for _, row := range s.working(rows) {
		if v := s.shareView(row); trace == "" || v.Trace == trace {
			out.Items = append(out.Items, v)
		}
	}
	slices.SortStableFunc(out.Items, func(a, b Share) int { return -cmp.Compare(a.MadeMS, b.MadeMS) })
	return out, nil
}

// working leaves out the links that have ended.
func (s *Service) working(rows []model.Saved) []model.Saved {
	now := s.now().UnixMilli()
	return slices.DeleteFunc(rows, func(row model.Saved) bool { return bodyOf[shareBody](row).EndsMS <= now })
}

func (s *Service) shareView(row model.Saved) Share {
	body := bodyOf[shareBody](row)
	token := s.shares.Token(access.Share{ID: row.ID, Project: row.Project, TraceID: body.Trace, Ends: time.UnixMilli(body.EndsMS)})
	return Share{ID: row.ID.String(), Trace: body.Trace, MadeMS: row.AtMS, EndsMS: body.EndsMS, URL: SharePath + token}
}

// Unshare withdraws a link: from now on it shows nothing.
func (s *Service) Unshare(ctx context.Context, scope access.Scope, id string) error {
	return s.drop(ctx, scope, model.SavedShare, id)
}
