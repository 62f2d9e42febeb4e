package query

import (
	"context"
	"encoding/json"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/llm"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
)

const (
	// contentMost is the assumed size of one event's content before it is read: the default of limits.max_event.
	contentMost = 16 << 20
	// contentAtOnce is how many bytes of content all readers together may hold at a time. contentWait is how long a reader waits for others before it
	// is asked to retry.
	contentAtOnce = 128 << 20
	contentWait   = 10 * time.Second
)

// maxWhole is the largest content in bytes that an answer contains unchanged.
const maxWhole = 64 << 10

// room is how much of one event's content fits into an answer.
type room struct{ head, last llm.Limit }

var (
	alone  = room{head: llm.Limit{Parts: 200, Bytes: 256 << 10}, last: llm.Limit{Parts: 100, Bytes: 128 << 10}}
	inNode = room{head: llm.Limit{Parts: 50, Bytes: 32 << 10}, last: llm.Limit{Parts: 50, Bytes: 32 << 10}}
)

// contents reads the heavy text of events and calls use for each in order, with an empty content if there is none. The memory of all simultaneous
// reads is limited, so use must not keep its argument.
func (s *Service) contents(ctx context.Context, scope access.Scope, events []*model.Event, use func(*model.Event, *model.Content) error) error {
	if err := s.reading.acquire(ctx, int64(len(events))*contentMost); err != nil {
		return err
	}
	defer s.reading.release(int64(len(events)) * contentMost)
	keys := make([]model.Key, len(events))
	for i, e := range events {
		keys[i] = model.Key{Project: scope.Project, UUID: e.UUID, TimeMS: e.TimeMS}
	}
	found, err := s.store.Contents(ctx, keys)
	if err != nil {
		return wrap(err, "read contents")
	}
	byID := make(map[uuid.UUID]*model.Content, len(found))
	for i := range found {
		byID[found[i].UUID] = &found[i]
	}
	for _, e := range events {
		if byID[e.UUID] == nil {
			byID[e.UUID] = &model.Content{}
		}
	}
	if err := s.joinApart(ctx, scope, events, func(e *model.Event) *model.Content { return byID[e.UUID] }); err != nil {
		return err
	}
	for _, e := range events {
		c := byID[e.UUID]
		if err := ctx.Err(); err != nil { // the client has disconnected
			return err
		}
		if err := use(e, c); err != nil {
			return err
		}
	}
	return nil
}

// contentView makes messages from the beginning of an event's heavy text, and from the latest turn of its input.
func (s *Service) contentView(e *model.Event, c *model.Content, r room) (Content, error) {
	head, last := llm.Ends(c.Input, speaker(e, "input"), r.head, r.last)
	output, err := llm.Read(c.Output, speaker(e, "output"), nil, r.head)
	if err != nil {
		return Content{}, err
	}
	v := Content{
		Input: addressed(head.Messages, e, "input"), InputNext: messagesCursor(e, "input", head.Next), InputLast: addressed(last.Messages, e, "input"),
		InputLastNext: messagesCursor(e, "input", last.Next), Output: addressed(output.Messages, e, "output"), OutputNext: messagesCursor(e, "output", output.Next),
		InputBytes: int64(len(c.Input)), OutputBytes: int64(len(c.Output)), ToolsBytes: int64(len(c.Tools)), PropertiesBytes: int64(len(c.Properties)),
		Tools: whole(c.Tools), RawInput: whole(c.Input), RawOutput: whole(c.Output), Properties: whole(c.Properties),
	}
	v.Private = withheld(c)
	v.ToolDefinitions = llm.Tools(c.Tools)
	parameters, custom := s.described(c.Properties)
	v.Parameters, v.Custom = whole(parameters), whole(custom)
	return v, nil
}

// speaker is the role of messages without a role. Only messages of calls have one.
func speaker(e *model.Event, of string) llm.Speaker {
	switch call := e.Kind == model.KindGeneration; {
	case of == "input" && call:
		return llm.Asked
	case of == "input":
		return llm.Given
	case call:
		return llm.Answered
	}
	return llm.Returned
}

// whole is the content as it was sent, if it is short enough for an answer.
func whole(raw []byte) json.RawMessage {
	if len(raw) > maxWhole {
		return nil
	}
	return llm.Embeddable(raw)
}

// withheld reports whether the SDK says that it sends no input: its privacy mode sends null, and a caller of capture who records no content sends
// nothing.
func withheld(c *model.Content) bool {
	if !nothing(c.Input) || !nothing(c.Output) {
		return false
	}
	return string(rawjson.Trim(c.Input)) == "null"
}

func nothing(raw []byte) bool {
	raw = rawjson.Trim(raw)
	return len(raw) == 0 || string(raw) == "null"
}

// MessagesRequest asks for a page of a generation's messages.
type MessagesRequest struct {
	// Of is "input" or "output".
	Of string
	PageRequest
}

// messagesBytes is the size of the messages on one page in bytes.
const messagesBytes = 256 << 10

// Messages returns a page of the messages of a generation, embedding, span or explicit trace.
func (s *Service) Messages(ctx context.Context, scope access.Scope, id string, r MessagesRequest) (List[Message], error) {
	none := List[Message]{}
	if r.Of != "input" && r.Of != "output" {
		return none, badInput("of", "of must be input or output; got %q.", shortened(r.Of))
	}
	switch {
	case r.Limit == 0:
		r.Limit = alone.head.Parts
	case r.Limit < 0 || r.Limit > MaxLimit:
		return none, badInput("limit", "limit must be between 1 and %d; read further messages with the cursor in \"next\".", MaxLimit)
	}
	e, err := s.node(ctx, scope, id)
	if err != nil {
		return none, err
	}
	var at llm.Cursor
	if r.Cursor != "" {
		if at, err = parseMessagesCursor(&e, r.Of, r.Cursor); err != nil {
			return none, err
		}
	}
	var page llm.Page
	err = s.contents(ctx, scope, []*model.Event{&e}, func(_ *model.Event, c *model.Content) error {
		raw := c.Input
		if r.Of == "output" {
			raw = c.Output
		}
		var bad error
		if page, bad = llm.Read(raw, speaker(&e, r.Of), at, llm.Limit{Parts: r.Limit, Bytes: messagesBytes}); bad != nil {
			return badCursor()
		}
		return nil
	})
	return List[Message]{Items: addressed(page.Messages, &e, r.Of), Next: messagesCursor(&e, r.Of, page.Next)}, err
}

func messagesCursor(e *model.Event, of string, at llm.Cursor) *string {
	if at == nil {
		return nil
	}
	return text(formatCursor(listMessages, 0, e.UUID.String()+of[:1]+string(at)))
}

func parseMessagesCursor(e *model.Event, of, s string) (llm.Cursor, error) {
	_, id, err := parseCursor(listMessages, s)
	begin := e.UUID.String() + of[:1]
	if err != nil || len(id) < len(begin) || id[:len(begin)] != begin {
		return nil, badCursor()
	}
	return llm.Cursor(id[len(begin):]), nil
}

// RawRequest asks for a part of an event's content as it was sent.
type RawRequest struct {
	// Of is "input", "output", "tools" or "properties".
	Of string
	// Offset is the start of the part in bytes: the Next of the previous part.
	Offset int64
	// Limit is the maximum length of the part in bytes: 256 KiB when zero, at most 1 MiB.
	Limit int64
}

// Lengths of a part of the content, in bytes.
const (
	defaultRaw = 256 << 10
	maxRaw     = 1 << 20
	minRaw     = utf8.UTFMax
)

// Raw reads the content of a generation, embedding, span or explicit trace as it was sent, in parts that are cut between characters.
func (s *Service) Raw(ctx context.Context, scope access.Scope, id string, r RawRequest) (Raw, error) {
	var of func(*model.Content) []byte
	switch r.Of {
	case "input":
		of = func(c *model.Content) []byte { return c.Input }
	case "output":
		of = func(c *model.Content) []byte { return c.Output }
	case "tools":
		of = func(c *model.Content) []byte { return c.Tools }
	case "properties":
		of = func(c *model.Content) []byte { return c.Properties }
	default:
		return Raw{}, badInput("of", "of must be input, output, tools or properties; got %q.", shortened(r.Of))
	}
	switch {
	case r.Limit == 0:
		r.Limit = defaultRaw
	case r.Limit < minRaw || r.Limit > maxRaw:
		return Raw{}, badInput("limit", "limit must be between %d and %d bytes; read the next part from the offset in \"next\".", minRaw, maxRaw)
	}
	e, err := s.node(ctx, scope, id)
	if err != nil {
		return Raw{}, err
	}
	var out Raw
	err = s.contents(ctx, scope, []*model.Event{&e}, func(_ *model.Event, c *model.Content) error {
		all := of(c)
		if r.Offset < 0 || r.Offset > int64(len(all)) {
			return badInput("offset", "offset must be between 0 and %d, the number of bytes; start at 0 and pass \"next\" unchanged.", len(all))
		}
		piece := all[r.Offset:min(int64(len(all)), r.Offset+r.Limit)]
		if len(piece) < len(all[r.Offset:]) {
			piece = piece[:len(piece)-partRune(piece)]
		}
		out = Raw{Text: string(piece), Offset: r.Offset, Bytes: int64(len(all))}
		if next := r.Offset + int64(len(piece)); next < out.Bytes {
			out.Next = &next
		}
		return nil
	})
	return out, err
}

// partRune is how many bytes at the end of b belong to an incomplete character.
func partRune(b []byte) int {
	for n := 1; n < utf8.UTFMax && n < len(b); n++ {
		if c := b[len(b)-n]; utf8.RuneStart(c) {
			if !utf8.FullRune(b[len(b)-n:]) {
				return n
			}
			return 0
		}
	}
	return 0
}
