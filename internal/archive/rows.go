package archive

import (
	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/table"
)

// line is one line of a chunk. One member is set; only an event may have a second one, its content.
type line struct {
	Event    *event    `json:"event,omitempty"`
	Content  *content  `json:"content,omitempty"`
	Identity *identity `json:"identity,omitempty"`
	Block    *block    `json:"block,omitempty"`
	Saved    *saved    `json:"saved,omitempty"`
	Refusal  *refusal  `json:"refusal,omitempty"`
}

var (
	events     = newFormat(eventColumns())
	identities = newFormat(table.Identities.Columns)
	savedRows  = newFormat(table.Saved.Columns)
	// A block has no location, because the location differs in another storage. Its snapshots are pairs, see body.
	blockRows = newFormat(table.Blocks.Columns, "snapshot_ms", "snapshot_line", "location_key", "location_offset", "location_length")
)

// event has the previews of its content, which were columns of events when the format was made.
type event struct {
	model.Event
	inputPreview, outputPreview string
}

// eventColumns are the columns of the table, and the previews after the stop reason.
func eventColumns() (all []table.Column[event]) {
	for _, c := range table.Events.Columns {
		all = append(all, table.Column[event]{Name: c.Name, Type: c.Type, At: func(e *event) any { return c.At(&e.Event) }})
		if c.Name == "stop_reason" {
			all = append(all,
				table.Column[event]{Name: "input_preview", Type: table.Text, At: func(e *event) any { return &e.inputPreview }},
				table.Column[event]{Name: "output_preview", Type: table.Text, At: func(e *event) any { return &e.outputPreview }})
		}
	}
	return all
}

// eventLines are the lines of events and their contents.
func eventLines(b *store.Batch) []line {
	contents := make(map[rowKey]*model.Content, len(b.Contents))
	for i := range b.Contents {
		contents[rowKey{b.Contents[i].Project, b.Contents[i].UUID}] = &b.Contents[i]
	}
	lines := make([]line, len(b.Events))
	for i := range b.Events {
		e := &event{Event: b.Events[i]}
		lines[i].Event = e
		if c := contents[rowKey{e.Project, e.UUID}]; c != nil {
			lines[i].Content = fromContent(c)
			e.inputPreview, e.outputPreview = c.InputPreview, c.OutputPreview
		}
	}
	return lines
}

// content is the line's content, nil if it has none.
func (l *line) content() *model.Content {
	e := l.Event
	if l.Content == nil && e.inputPreview == "" && e.outputPreview == "" {
		return nil
	}
	c := &model.Content{Project: e.Project, UUID: e.UUID, TimeMS: e.TimeMS, InputPreview: e.inputPreview, OutputPreview: e.outputPreview}
	if t := l.Content; t != nil {
		c.Input, c.Output, c.Tools, c.Properties = fromText(t.Input), fromText(t.Output), fromText(t.Tools), fromText(t.Properties)
	}
	return c
}

// MarshalJSON writes the format.
func (e *event) MarshalJSON() ([]byte, error) { return events.marshal(e, nil) }

// UnmarshalJSON reads the format.
func (e *event) UnmarshalJSON(text []byte) error { return events.unmarshal(text, e, nil) }

type identity model.Identity

// MarshalJSON writes the format.
func (i *identity) MarshalJSON() ([]byte, error) {
	return identities.marshal((*model.Identity)(i), nil)
}

// UnmarshalJSON reads the format.
func (i *identity) UnmarshalJSON(text []byte) error {
	return identities.unmarshal(text, (*model.Identity)(i), nil)
}

type saved model.Saved

// MarshalJSON writes the format.
func (s *saved) MarshalJSON() ([]byte, error) { return savedRows.marshal((*model.Saved)(s), nil) }

// UnmarshalJSON reads the format.
func (s *saved) UnmarshalJSON(text []byte) error {
	return savedRows.unmarshal(text, (*model.Saved)(s), nil)
}

type block struct {
	model.Block
	body
}

// body describes the bytes of a block.
type body struct {
	Snapshots []snapshot `json:"snapshots,omitempty"`
	// Length and SHA256 are those of the body, which begins at the offset At in the chunk's file of bodies. Missing means that the body no longer
	// existed.
	Length  int64  `json:"length"`
	SHA256  string `json:"sha256,omitempty"`
	At      int64  `json:"at"`
	Missing bool   `json:"missing,omitempty"`
}

type snapshot struct {
	AtMS int64 `json:"at_ms"`
	Line int32 `json:"line"`
}

// MarshalJSON writes the format.
func (b *block) MarshalJSON() ([]byte, error) { return blockRows.marshal(&b.Block, &b.body) }

// UnmarshalJSON reads the format.
func (b *block) UnmarshalJSON(text []byte) error {
	if err := blockRows.unmarshal(text, &b.Block, &b.body); err != nil {
		return err
	}
	b.Block.Snapshots = nil
	for _, s := range b.body.Snapshots {
		b.Block.Snapshots = append(b.Block.Snapshots, model.Snapshot(s))
	}
	return nil
}

// fromBlock leaves out the location.
func fromBlock(b *model.Block) *block {
	x := &block{Block: *b}
	x.Location = model.Location{}
	for _, s := range b.Snapshots {
		x.body.Snapshots = append(x.body.Snapshots, snapshot(s))
	}
	return x
}

// content belongs to the event on the same line. Its members are stored JSON, byte for byte, and therefore strings here; nil means none.
type content struct {
	Input      *string `json:"input,omitempty"`
	Output     *string `json:"output,omitempty"`
	Tools      *string `json:"tools,omitempty"`
	Properties *string `json:"properties,omitempty"`
}

func fromContent(c *model.Content) *content {
	return &content{Input: toText(c.Input), Output: toText(c.Output), Tools: toText(c.Tools), Properties: toText(c.Properties)}
}

// toText returns nil for empty JSON, because not every storage distinguishes empty from none.
func toText(b []byte) *string {
	if len(b) == 0 {
		return nil
	}
	s := string(b)
	return &s
}

func fromText(s *string) []byte {
	if s == nil {
		return nil
	}
	return []byte(*s)
}

// refusal is one of the one or two rows that add up to a stored sum, see store.RefusalRows. No table has these rows.
type refusal struct {
	Project string       `json:"project,omitempty"`
	AtMS    int64        `json:"at_ms,omitempty"`
	Reason  model.Reason `json:"reason,omitempty"`
	Event   string       `json:"event,omitempty"`
	Detail  string       `json:"detail,omitempty"`
	Library string       `json:"library,omitempty"`
	Bytes   int64        `json:"bytes,omitempty"`
	Count   int64        `json:"count,omitempty"`
}

func fromRefusal(r *model.Refusal) *refusal {
	x := refusal(*r)
	x.Project = written(x.Project)
	return &x
}

func (r *refusal) model() model.Refusal {
	x := model.Refusal(*r)
	x.Project = read(x.Project)
	return x
}

// written returns a project as it is exported. The default project is left out, because older exports have no projects and belong to it.
func written(project string) string {
	if project == access.DefaultProject {
		return ""
	}
	return project
}

func read(project string) string {
	if project == "" {
		return access.DefaultProject
	}
	return project
}

// rowKey names an event or a block.
type rowKey struct {
	project string
	uuid    uuid.UUID
}
