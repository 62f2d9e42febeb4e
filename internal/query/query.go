// Package query has the use cases of reading: lists, details, snapshots and status. Each is limited to a scope (access.Scope). It is the only caller
// of the store's readers; HTTP and MCP are interfaces to it. It determines links and persons for whole pages at once, so that the number of store
// calls does not depend on the number of rows.
package query

import (
	"context"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/semaphore"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/assets"
	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/link"
	"github.com/playheadhq/playhead/internal/link/reaction"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/price"
	"github.com/playheadhq/playhead/internal/replay"
	"github.com/playheadhq/playhead/internal/store"
)

// Store is the part of a store that use cases read.
type Store interface {
	store.Lists
	store.Events
	store.Sessions
	store.People
	store.Saved
	store.Admin
	store.Activity
	// LinksNamed and LinkedTo are those of store.Links.
	LinksNamed(ctx context.Context, project string, keys []model.LinkKey) ([]model.Link, error)
	LinkedTo(ctx context.Context, project, sessionID string, limit int) ([]model.Link, error)
	Experiences(ctx context.Context, project string, traceIDs []string, ids []uuid.UUID) ([]model.Experience, error)
}

// Options of a Service. Store and Blocks are required.
type Options struct {
	Store  Store
	Blocks blocks.Reader
	// BlocksAtOnce is how many requests for blocks a reader makes in advance if the storage is far away. Zero means that blocks are read one by one,
	// when they are needed.
	BlocksAtOnce int
	// Now is the clock; time.Now when nil.
	Now func() time.Time
	// Lead is how long before a call's start its moment lies; link.DefaultLead when zero.
	Lead time.Duration
	// Weights are those of reactions that differ from the default ones.
	Weights reaction.Weights
	// Version is shown by Status.
	Version string
	// Projects are the names of the projects. The first one is the default. It is access.DefaultProject if there are none.
	Projects []string
	// Tokens are the tokens that clients should send, by project. Status shows them.
	Tokens map[string]string
	// ActivityOf is which kind of activity an event is, by its name; "" for what is nothing that a person did. nil: all is
	// model.ActivityCustom.
	ActivityOf func(event string) string
	// Prices has the current prices of models; price.Default if nil.
	Prices *price.List
	// Described takes the parameters of a call and its program's own properties out of its stored properties, each a JSON object or nil.
	// nil: none are known.
	Described func(properties []byte) (parameters, custom []byte)
	// Note stores what happened. May be nil: then nothing can be noted.
	Note func(ctx context.Context, project string, note model.Event) error
	// Save stores what people keep. May be nil: then nothing can be kept.
	Save func(ctx context.Context, row model.Saved) error
	// Shares signs links for guests. May be nil: then none can be made.
	Shares Shares
	// Nodes tells Status of the servers that share the storage. May be nil.
	Nodes func() ([]Server, []Warning)
	// TurnedAway tells Status what the server refused for now. May be nil.
	TurnedAway func() []TurnedAway
	// WrongTokens tells Status what came with tokens that nobody has. May be nil.
	WrongTokens func() []WrongToken
	// Rejected tells Status which whole requests were refused for good. May be nil.
	Rejected func() []RejectedRequest
	// Assets reads what was fetched of what recorded pages refer to. Without hosts nothing was.
	Assets assets.Reader
	// AssetCounts tells Status what became of it. May be nil.
	AssetCounts func() []AssetCount
	// Demo tells Status what the demo has to show, nil when no demo runs. May be nil.
	Demo func() *Demo
}

// checkpointBytes is how much memory checkpoints of recordings may take: those of five hours of one window, or of many shorter ones.
const checkpointBytes = 32 << 20

// Service answers questions. Between calls it keeps nothing but checkpoints, which it can make again. It may be used by many goroutines.
type Service struct {
	reading *reading
	// exporting bounds exports that have rows in memory.
	exporting   *reading
	checkpoints *replay.Checkpoints
	store       Store
	blocks      blocks.Reader
	atOnce      int
	now         func() time.Time
	leadMS      int64
	// weights are those of reactions, as model.ScoreOf has them.
	weights []int64
	// patience is searchPatience.
	patience time.Duration
	// linkedPatience is how long a list searches the latest linked traces of its rows.
	linkedPatience time.Duration
	// page is exportRows.
	page    int
	version string
	// projects are never none.
	projects []string
	tokens   map[string]string
	// kindOf is which kind of activity an event is.
	kindOf    func(event string) string
	prices    *price.List
	described func(properties []byte) (parameters, custom []byte)
	note      func(ctx context.Context, project string, note model.Event) error
	save      func(ctx context.Context, row model.Saved) error
	shares    Shares
	// newest bounds how many questions of Newest are asked at once.
	newest      *semaphore.Weighted
	nodes       func() ([]Server, []Warning)
	turned      func() []TurnedAway
	wrongTokens func() []WrongToken
	rejected    func() []RejectedRequest
	assets      assets.Reader
	assetCounts func() []AssetCount
	demo        func() *Demo
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
	if o.ActivityOf == nil {
		o.ActivityOf = func(string) string { return model.ActivityCustom }
	}
	if o.Described == nil {
		o.Described = func([]byte) (_, _ []byte) { return nil, nil }
	}
	if o.TurnedAway == nil {
		o.TurnedAway = func() []TurnedAway { return nil }
	}
	if o.WrongTokens == nil {
		o.WrongTokens = func() []WrongToken { return nil }
	}
	if o.Rejected == nil {
		o.Rejected = func() []RejectedRequest { return nil }
	}
	if o.AssetCounts == nil {
		o.AssetCounts = func() []AssetCount { return nil }
	}
	if o.Demo == nil {
		o.Demo = func() *Demo { return nil }
	}
	return &Service{
		reading: newReading(contentAtOnce, contentWait, "large prompts and answers"), exporting: newReading(exportsAtOnce, exportWait, "exports"), checkpoints: replay.NewCheckpoints(checkpointBytes),
		store: o.Store, blocks: o.Blocks, atOnce: o.BlocksAtOnce, now: o.Now, leadMS: o.Lead.Milliseconds(), weights: o.Weights.Millionths(), patience: searchPatience, linkedPatience: linkedPatience, page: exportRows, version: o.Version, projects: o.Projects, tokens: o.Tokens,
		save: o.Save, shares: o.Shares, newest: semaphore.NewWeighted(newestAtOnce),
		kindOf: o.ActivityOf, described: o.Described, prices: o.Prices, note: o.Note, nodes: o.Nodes, turned: o.TurnedAway, wrongTokens: o.WrongTokens, rejected: o.Rejected, assets: o.Assets, assetCounts: o.AssetCounts, demo: o.Demo,
	}
}
