// Package query holds the use cases of reading: lists, details, snapshots and status, each of them about what somebody may see
// (access.Scope) and about nothing else. It is the only caller of the
// store's readers; HTTP and MCP are faces of it. It resolves links and persons for whole pages at once, so that the
// number of store calls does not depend on the number of rows.
package query

import (
	"context"
	"time"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/link"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/price"
	"github.com/playheadhq/playhead/internal/store"
)

// Store is what use cases read.
type Store interface {
	store.Lists
	store.Events
	store.Sessions
	store.People
	store.Admin
}

// Options of a Service. Store and Blocks are required.
type Options struct {
	Store  Store
	Blocks blocks.Reader
	// BlocksAtOnce is how many requests for blocks a reader makes ahead of what it needs, for a store that is far away.
	// Zero reads blocks one by one, when their turn comes.
	BlocksAtOnce int
	// Now is the clock; time.Now when nil.
	Now func() time.Time
	// Lead is how long before a call's start its moment lies; link.DefaultLead when zero.
	Lead time.Duration
	// Version is shown by Status.
	Version string
	// Projects are the names of those that there are, the first of which is meant where none is named; access.DefaultProject when
	// there is none.
	Projects []string
	// Tokens are shown by Status: by project, the one that its clients are to send.
	Tokens map[string]string
	// Background says by its name that an event is nothing a user did, so that it is no activity. nil: none is.
	Background func(event string) bool
	// Prices say what models cost now; price.Default when nil.
	Prices *price.List
	// Described takes the parameters of a call and its program's own properties out of its stored properties, each a JSON object or nil.
	// nil: none are known.
	Described func(properties []byte) (parameters, custom []byte)
	// Note stores what happened. May be nil: then nothing can be noted.
	Note func(ctx context.Context, project string, note model.Event) error
	// Nodes tells Status of the servers that share the storage. May be nil.
	Nodes func() ([]Server, []Warning)
	// TurnedAway tells Status what the server refused for now. May be nil.
	TurnedAway func() []TurnedAway
}

// Service answers questions. It keeps nothing between calls and may be used by many goroutines.
type Service struct {
	reading *reading
	store   Store
	blocks  blocks.Reader
	atOnce  int
	now     func() time.Time
	leadMS  int64
	// patience is searchPatience.
	patience time.Duration
	// page is exportRows.
	page    int
	version string
	// projects are never none.
	projects []string
	tokens   map[string]string
	// background says that an event is no activity.
	background func(event string) bool
	prices     *price.List
	described  func(properties []byte) (parameters, custom []byte)
	note       func(ctx context.Context, project string, note model.Event) error
	nodes      func() ([]Server, []Warning)
	turned     func() []TurnedAway
}

// New returns a Service.
func New(o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Lead == 0 {
		o.Lead = link.DefaultLead
	}
	if len(o.Projects) == 0 {
		o.Projects = []string{access.DefaultProject}
	}
	if o.Nodes == nil {
		o.Nodes = func() ([]Server, []Warning) { return nil, nil }
	}
	if o.Prices == nil {
		o.Prices = price.Default()
	}
	if o.Background == nil {
		o.Background = func(string) bool { return false }
	}
	if o.Described == nil {
		o.Described = func([]byte) (_, _ []byte) { return nil, nil }
	}
	if o.TurnedAway == nil {
		o.TurnedAway = func() []TurnedAway { return nil }
	}
	return &Service{
		reading: newReading(contentAtOnce, contentWait),
		store:   o.Store, blocks: o.Blocks, atOnce: o.BlocksAtOnce, now: o.Now, leadMS: o.Lead.Milliseconds(), patience: searchPatience, page: exportRows, version: o.Version, projects: o.Projects, tokens: o.Tokens,
		background: o.Background, described: o.Described, prices: o.Prices, note: o.Note, nodes: o.Nodes, turned: o.TurnedAway,
	}
}
