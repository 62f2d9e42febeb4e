package query

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"iter"
	"slices"
	"strconv"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/link"
	"github.com/playheadhq/playhead/internal/model"
)

// Guest answers a reader who has a link: about one trace and the recording around it, in the shapes of the other use cases. It reveals nothing about
// persons, conversations, sessions and other traces, and reads nothing else from the storage.
type Guest struct {
	s     *Service
	scope access.Scope
	trace string
}

// Guest checks a token. The answer is the same for every kind of invalid token.
func (s *Service) Guest(ctx context.Context, token string) (*Guest, error) {
	no := notFound("This link does not work: it has expired, was withdrawn, or is incomplete. Ask for a new one.")
	if s.shares == nil {
		return nil, no
	}
	share, ok := s.shares.Share(token)
	if !ok || !s.now().Before(share.Ends) || !slices.Contains(s.projects, share.Project) {
		return nil, no
	}
	scope := access.Scope{Project: share.Project}
	rows, err := s.savedIn(ctx, scope, model.SavedShare, share.ID)
	if err != nil {
		return nil, err
	}
	if len(rows) != 1 || bodyOf[shareBody](rows[0]).Trace != share.TraceID {
		return nil, no
	}
	return &Guest{s, scope, share.TraceID}, nil
}

// guestSession is the name of the trace's session for guests, who do not learn its id. guestMargin is how long after the trace's end they may watch
// it.
const (
	guestSession  = "replay"
	guestMarginMS = 60_000
)

// watched is the part of a recording that a guest may see.
type watched struct {
	// session is "" if there is nothing to watch.
	session       string
	fromMS, endMS int64
	windows       []model.Window
}

// window is the name of a window for guests, who do not learn its id; nil for a window that they may not see.
func (v *watched) window(id string) *string {
	for i, w := range v.windows {
		if w.ID == id && w.FirstMS <= v.endMS && w.LastMS >= v.fromMS {
			return text(strconv.Itoa(i + 1))
		}
	}
	return nil
}

// replay determines which part of the recording can be watched.
func (g *Guest) replay(ctx context.Context) (opened, watched, error) {
	t, err := g.s.open(ctx, g.scope, g.trace)
	if err != nil {
		return t, watched{}, err
	}
	ctxs, err := g.s.contextsOf(ctx, g.scope, []string{g.trace}, nil, map[string][]model.Event{g.trace: t.events})
	if err != nil {
		return t, watched{}, err
	}
	l := ctxs.traces[g.trace].link
	if l.State != link.Linked {
		return t, watched{}, nil
	}
	ev, err := g.s.evidenceOf(ctx, g.scope, []string{l.SessionID})
	if err != nil {
		return t, watched{}, err
	}
	recording := ev.Recording(l.SessionID)
	if recording == nil {
		return t, watched{}, nil
	}
	sum, _, err := g.s.sum(ctx, g.scope, t)
	ahead := l.Clock.MS // the recording is in the browser's time
	return t, watched{session: l.SessionID, fromMS: min(l.MomentMS, sum.FirstMS+ahead), endMS: sum.EndMS + ahead + guestMarginMS, windows: recording.Windows}, err
}

// others removes from an event what a guest may not learn: its person, and ids of other things.
func (g *Guest) others(e *Generation, v *watched) {
	e.Person, e.ConversationID = nil, nil
	g.link(&e.Link, v)
	e.Seen, e.Reaction = g.seen(e.Seen, v), nil
}

// seen is the part of Seen that a guest may see. Reactions are left out, because they contain the user's next question, which does not belong to the
// trace.
func (g *Guest) seen(s *Seen, v *watched) *Seen {
	if s != nil && s.WindowID != nil {
		s.WindowID = v.window(*s.WindowID)
	}
	return s
}

func (g *Guest) link(l *Link, v *watched) {
	if l.SessionID == nil || *l.SessionID != v.session || l.State != string(link.Linked) {
		*l = Link{State: string(link.None), Detail: "There is no recording of it to watch here.", Candidates: []Candidate{}}
		return
	}
	l.SessionID, l.URL, l.Detail = text(guestSession), nil, ""
	if l.WindowID != nil {
		l.WindowID = v.window(*l.WindowID)
	}
}

// private removes from a content what may name people and other things: the program's custom properties.
func private(c *Content) {
	if c != nil {
		c.Custom, c.Properties, c.PropertiesBytes = nil, nil, 0
	}
}

func (g *Guest) nodes(nodes []Node, v *watched) {
	for i := range nodes {
		g.others(&nodes[i].Generation, v)
		private(nodes[i].Content)
	}
}

func (g *Guest) said(all []Feedback) {
	for i := range all {
		all[i].Person = nil
	}
}

// Shared is the first answer that a guest gets.
type Shared struct {
	TraceID string `json:"trace_id"`
}

// Shared says which trace the link shows.
func (g *Guest) Shared() Shared { return Shared{g.trace} }

// mine fails for the id of another trace.
func (g *Guest) mine(id string) error {
	if id != g.trace {
		return notFound("This link shows another trace.")
	}
	return nil
}

// Trace is Service.Trace.
func (g *Guest) Trace(ctx context.Context, id string) (TraceDetail, error) {
	if err := g.mine(id); err != nil {
		return TraceDetail{}, err
	}
	_, v, err := g.replay(ctx)
	if err != nil {
		return TraceDetail{}, err
	}
	d, err := g.s.Trace(ctx, g.scope, g.trace)
	d.Person, d.ConversationID = nil, nil
	g.link(&d.Link, &v)
	d.Seen, d.Reaction = g.seen(d.Seen, &v), nil
	g.nodes(d.Nodes, &v)
	g.said(d.Feedback)
	return d, err
}

// TraceNodes is Service.TraceNodes.
func (g *Guest) TraceNodes(ctx context.Context, id, cursor string) (iter.Seq2[[]Node, error], error) {
	if err := g.mine(id); err != nil {
		return nil, err
	}
	_, v, err := g.replay(ctx)
	if err != nil {
		return nil, err
	}
	nodes, err := g.s.TraceNodes(ctx, g.scope, g.trace, cursor)
	if err != nil {
		return nil, err
	}
	return func(yield func([]Node, error) bool) {
		for some, err := range nodes {
			if g.nodes(some, &v); !yield(some, err) {
				return
			}
		}
	}, nil
}

// TraceFeedback is Service.TraceFeedback.
func (g *Guest) TraceFeedback(ctx context.Context, id string, r PageRequest) (List[Feedback], error) {
	if err := g.mine(id); err != nil {
		return List[Feedback]{}, err
	}
	page, err := g.s.TraceFeedback(ctx, g.scope, g.trace, r)
	g.said(page.Items)
	return page, err
}

// ours fails for an event of another trace, with the same error as for one that does not exist.
func (g *Guest) ours(ctx context.Context, id string) error {
	e, err := g.s.node(ctx, g.scope, id)
	var asked *Error
	if refused := errors.As(err, &asked) && asked.Code != CodeUnavailable; refused || err == nil && e.TraceID != g.trace {
		return notFound("This link does not show a generation with this id.")
	}
	return err
}

// Generation is Service.Generation.
func (g *Guest) Generation(ctx context.Context, id string) (GenerationDetail, error) {
	if err := g.ours(ctx, id); err != nil {
		return GenerationDetail{}, err
	}
	_, v, err := g.replay(ctx)
	if err != nil {
		return GenerationDetail{}, err
	}
	d, err := g.s.Generation(ctx, g.scope, id)
	g.others(&d.Generation, &v)
	private(&d.Content)
	return d, err
}

// Messages is Service.Messages.
func (g *Guest) Messages(ctx context.Context, id string, r MessagesRequest) (List[Message], error) {
	if err := g.ours(ctx, id); err != nil {
		return List[Message]{}, err
	}
	return g.s.Messages(ctx, g.scope, id, r)
}

// Raw is Service.Raw, without the properties.
func (g *Guest) Raw(ctx context.Context, id string, r RawRequest) (Raw, error) {
	if err := g.ours(ctx, id); err != nil {
		return Raw{}, err
	}
	if r.Of == "properties" {
		return Raw{}, notFound("A link does not show properties, which may name people.")
	}
	return g.s.Raw(ctx, g.scope, id, r)
}

// Media is Service.Media.
func (g *Guest) Media(ctx context.Context, id string, r MediaRequest) (Media, error) {
	if err := g.ours(ctx, id); err != nil {
		return Media{}, err
	}
	return g.s.Media(ctx, g.scope, id, r)
}

// Session is Service.Session for the trace's session, limited to what a guest may see: the windows, cut to the time around the trace, and the trace's
// own calls.
func (g *Guest) Session(ctx context.Context, id string) (SessionDetail, error) {
	t, v, err := g.replay(ctx)
	if err != nil {
		return SessionDetail{}, err
	}
	if id != guestSession || v.session == "" {
		return SessionDetail{}, notFound("There is no recording to watch here.")
	}
	d := SessionDetail{
		Session: Session{
			ID: guestSession, StartMS: v.fromMS, EndMS: v.fromMS, Tokens: tokensView(model.UnknownTokens()), Replay: Replay{State: "available"},
		},
		WindowList: []Window{}, Generations: []SessionGeneration{},
	}
	for _, w := range v.windows[:min(len(v.windows), maxWindows)] {
		name := v.window(w.ID)
		if name == nil {
			continue
		}
		one := Window{ID: *name, StartMS: max(w.FirstMS, v.fromMS), EndMS: min(w.LastMS, v.endMS)}
		if w.FirstSnapshotMS != 0 && w.FirstSnapshotMS <= v.endMS {
			one.FirstSnapshotMS = instantView(max(w.FirstSnapshotMS, v.fromMS))
		}
		d.WindowList = append(d.WindowList, one)
		d.EndMS = max(d.EndMS, one.EndMS)
	}
	d.Windows, d.DurationS = int64(len(d.WindowList)), float64(d.EndMS-d.StartMS)/1000
	nodes, err := g.s.nodesPage(ctx, g.scope, t, position{}, traceNodes)
	if err != nil {
		return SessionDetail{}, err
	}
	g.nodes(nodes.Items, &v)
	for _, n := range nodes.Items {
		calls := n.Kind == model.KindGeneration.String() || n.Kind == model.KindEmbedding.String()
		if calls && n.Link.State == string(link.Linked) {
			d.Generations = append(d.Generations, SessionGeneration{Generation: n.Generation, WindowID: n.Link.WindowID})
		}
	}
	slices.SortStableFunc(d.Generations, func(a, b SessionGeneration) int { return int(a.StartMS - b.StartMS) })
	d.AICalls = int64(len(d.Generations))
	return d, nil
}

// Snapshots is Service.Snapshots of the trace's session, limited to the time around the trace. Earlier events are included as far as they determine
// the screen at the beginning: all with the same time, without pointers, logs and custom events.
func (g *Guest) Snapshots(ctx context.Context, r SnapshotsRequest) (iter.Seq2[[]byte, error], error) {
	_, v, err := g.replay(ctx)
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(r.WindowID)
	if r.SessionID != guestSession || v.session == "" || err != nil || n < 1 || n > len(v.windows) || v.window(v.windows[n-1].ID) == nil {
		return nil, notFound("There is no recording to watch here.")
	}
	r.SessionID, r.WindowID = v.session, v.windows[n-1].ID
	r.AtMS = max(r.AtMS, v.fromMS)
	if r.UntilMS == 0 || r.UntilMS > v.endMS {
		r.UntilMS = v.endMS
	}
	if r.AtMS >= r.UntilMS {
		return func(func([]byte, error) bool) {}, nil
	}
	events, err := g.s.Snapshots(ctx, g.scope, r)
	if err != nil {
		return nil, err
	}
	return func(yield func([]byte, error) bool) {
		for line, err := range events {
			if err == nil {
				line = since(line, v.fromMS)
			}
			if (err != nil || line != nil) && !yield(line, err) {
				return
			}
		}
	}, nil
}

// screen are the sources of rrweb's incremental events (type 3) that change the screen: mutations, scrolling, its size, values of fields, style
// sheets, fonts and canvases.
var screen = []int{0, 3, 4, 5, 8, 9, 10, 13, 15}

// since is an rrweb event for a guest who may watch from fromMS on: an earlier event gets the time just before that, and is nil if it does not change
// the screen.
func since(line []byte, fromMS int64) []byte {
	var e struct {
		Type      int     `json:"type"`
		Timestamp float64 `json:"timestamp"`
		Data      struct {
			Source int `json:"source"`
		} `json:"data"`
	}
	if json.Unmarshal(line, &e) != nil {
		return nil // an event without a readable time might be older
	}
	if int64(e.Timestamp) >= fromMS {
		return line
	}
	const fullSnapshot, incremental, meta = 2, 3, 4
	if e.Type != fullSnapshot && e.Type != meta && !(e.Type == incremental && slices.Contains(screen, e.Data.Source)) {
		return nil
	}
	var all map[string]json.RawMessage
	if json.Unmarshal(line, &all) != nil {
		return nil
	}
	all["timestamp"] = strconv.AppendInt(nil, fromMS-1, 10)
	delete(all, "delay")
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(all) != nil {
		return nil
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}
