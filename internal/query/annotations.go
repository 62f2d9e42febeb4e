package query

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// Annotation is something that happened and may explain a change of figures.
type Annotation struct {
	ID   *string `json:"id" doc:"null of a release, which comes from events"`
	AtMS int64   `json:"at_ms"`
	Kind string  `json:"kind" enum:"release,note" doc:"release: the first generation of a release arrived then. note: somebody wrote it down"`
	Text string  `json:"text" doc:"the release's name, or the text of the note"`
	URL  *string `json:"url"`
}

const (
	// newForMS: a release is new if it did not occur in this time before.
	newForMS = 7 * 24 * 3600 * 1000
	// maxReleases bounds the releases that annotate a range.
	maxReleases = 200
)

var releases = newGrouping(0, filter.Generations, "release:*", "release", "", figure{"at_ms", "min(start)", ""})

// annotations returns the annotations of a range of time, in order of time.
func (s *Service) annotations(ctx context.Context, scope access.Scope, span filter.Span) ([]Annotation, error) {
	q := store.Question{Project: scope.Project, Weights: s.weights, Of: filter.Generations, Where: filter.Between(releases.terms, filter.Generations, max(1, span.FromMS-newForMS), span.ToMS)}
	rows, _, _, err := s.summed(ctx, q, releases, filter.Span{}, maxReleases)
	if err != nil {
		return nil, err
	}
	all := []Annotation{}
	for _, row := range rows {
		if at := row.int("at_ms"); at >= span.FromMS {
			all = append(all, Annotation{AtMS: at, Kind: "release", Text: row.key(0)})
		}
	}
	notes, err := s.notes(ctx, scope, span)
	all = append(all, notes...)
	slices.SortStableFunc(all, func(a, b Annotation) int { return cmp.Compare(a.AtMS, b.AtMS) })
	return all, err
}

// Annotations returns the annotations of a range of time, in order of time.
func (s *Service) Annotations(ctx context.Context, scope access.Scope, from, to string) (List[Annotation], error) {
	var span filter.Span
	var err error
	if span.FromMS, err = instant("from", from); err != nil {
		return List[Annotation]{}, err
	}
	if span.ToMS, err = instant("to", to); err != nil {
		return List[Annotation]{}, err
	}
	if span.FromMS == 0 || span.FromMS >= span.ToMS {
		return List[Annotation]{}, badInput("to", "Set from and to; to must be later than from.")
	}
	all, err := s.annotations(ctx, scope, span)
	return List[Annotation]{Items: all}, err
}

// maxNotes is how many notes of a range are returned: the last ones.
const maxNotes = 500

// notes returns the notes of a range of time.
func (s *Service) notes(ctx context.Context, scope access.Scope, span filter.Span) ([]Annotation, error) {
	kind, _ := filter.Find(filter.Generations, "kind")
	noted := filter.Cond{Field: kind, Op: filter.Equal, Values: []filter.Value{{Text: model.KindNote.String()}}}
	a := asked{Question: store.Question{Project: scope.Project, Weights: s.weights, Of: filter.Generations, Where: filter.Between(noted, filter.Generations, max(1, span.FromMS), span.ToMS)}}
	rows, _, _, err := s.eventsAsked(ctx, scope, a, store.Part{Sort: filter.Sort{Descending: true}, Limit: maxNotes})
	var all []Annotation
	for i := range rows {
		all = append(all, noteView(&rows[i]))
	}
	return all, err
}

func noteView(e *model.Event) Annotation {
	return Annotation{ID: text(e.UUID.String()), AtMS: e.TimeMS, Kind: "note", Text: e.MetricValue, URL: text(e.URL)}
}

// AnnotationRequest is a note to store.
type AnnotationRequest struct {
	// Text is what happened, at most 1000 bytes.
	Text string
	// At is when it happened, an RFC 3339 instant; "" means now.
	At string
	// URL is an http or https address with more about it; "" means none.
	URL string
}

// Annotate stores a note, which is then shown beside figures.
func (s *Service) Annotate(ctx context.Context, scope access.Scope, r AnnotationRequest) (Annotation, error) {
	if r.Text == "" || len(r.Text) > maxText {
		return Annotation{}, badInput("text", "text says what happened, in 1 to %d bytes; these are %d.", maxText, len(r.Text))
	}
	at := s.now().UnixMilli()
	if r.At != "" {
		var err error
		if at, err = instant("at", r.At); err != nil {
			return Annotation{}, err
		}
	}
	if most := s.now().Add(24 * time.Hour).UnixMilli(); at <= 0 || at > most {
		return Annotation{}, badInput("at", "at (%s) lies before 1970 or more than a day ahead.", shortened(r.At))
	}
	if u, err := url.Parse(r.URL); r.URL != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || len(r.URL) > model.MaxURL) {
		return Annotation{}, badInput("url", "url is an address that begins with http:// or https://, of at most %d bytes.", model.MaxURL)
	}
	if s.note == nil {
		return Annotation{}, &Error{Code: CodeUnavailable, Message: "This server cannot store notes."}
	}
	e := model.NewArrival().Event
	e.UUID, e.Name, e.Kind, e.TimeMS, e.MetricValue, e.URL = uuid.New(), "annotation", model.KindNote, at, r.Text, r.URL
	if err := s.note(ctx, scope.Project, e); err != nil {
		return Annotation{}, wrap(err, fmt.Sprintf("store note of %d bytes", len(r.Text)))
	}
	return noteView(&e), nil
}
