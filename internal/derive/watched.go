package derive

import (
	"cmp"
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/link/seen"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

const (
	// lookBackMS is how long before a call's start reading begins: the question may be on the page for a while before the call.
	lookBackMS = 30_000
	// followMS is how long after a call's end its answer is searched for: text appears later than its stream, and hidden tabs become visible again.
	followMS = store.AroundAfterMS
)

// watched is what a recording shows of an answer.
type watched struct {
	seen    model.Seen
	context seen.Context
	window  string
}

// watching is the state of reading one window's recording for some answers, between two of its blocks.
type watching struct {
	watch   *seen.Watch
	answers []seen.Answer
	// read is how many blocks of the window were read, by rank, and last is the last of them.
	read int
	last uuid.UUID
	// size is approximately the memory that the watching takes, in bytes.
	size int64
}

// watchKey identifies a watching: its answers are either those of generations that are linked to the window, or other answers of the session.
type watchKey struct {
	windowKey
	others bool
}

// keptWatches are watchings that may be continued. Those that were used last are kept.
type keptWatches struct {
	most, bytes int64
	all         map[watchKey]*watching
	order       []watchKey // the one used last is at the end
}

func newKeptWatches(most int64) keptWatches {
	return keptWatches{most: most, all: map[watchKey]*watching{}}
}

func (k *keptWatches) take(key watchKey) *watching {
	w := k.all[key]
	if w != nil {
		delete(k.all, key)
		k.bytes -= w.size
		k.order = slices.DeleteFunc(k.order, func(o watchKey) bool { return o == key })
	}
	return w
}

func (k *keptWatches) put(key watchKey, w *watching) {
	k.take(key)
	k.all[key], k.order = w, append(k.order, key)
	k.bytes += w.size
	for k.bytes > k.most && len(k.order) > 0 {
		k.take(k.order[0])
	}
}

func (k *keptWatches) clear() { *k = newKeptWatches(k.most) }

// isRecorded says that something of a window was recorded around a call.
func isRecorded(index []model.Block, beganMS, endMS int64) bool {
	return slices.ContainsFunc(index, func(b model.Block) bool { return b.FirstMS <= endMS+followMS && b.LastMS >= beganMS-lookBackMS })
}

// hadOtherWindow says that a page of the session sent events from an unrecorded window while the answer came: the answer may have been shown there.
func (s *session) hadOtherWindow(f *felt) bool {
	uncertainty := clockOf(f.link).UncertaintyMS
	return slices.ContainsFunc(s.sent, func(e sentFrom) bool {
		return e.atMS >= f.beganMS-uncertainty && e.atMS <= f.endMS+uncertainty && !isRecorded(s.index[e.window], f.beganMS, f.endMS)
	})
}

// watchWindow reads a window's recording around answers, which are sorted by start, and returns what it shows of each. It returns nothing for answers
// around which nothing was recorded. Answers that are close together are searched for in one pass.
func (x *Experiences) watchWindow(ctx context.Context, key watchKey, index []model.Block, answers []seen.Answer) (map[uuid.UUID]watched, error) {
	found := map[uuid.UUID]watched{}
	recorded := slices.DeleteFunc(slices.Clone(answers), func(a seen.Answer) bool { return !isRecorded(index, a.BeganMS, a.EndMS) })
	for len(recorded) > 0 {
		n, until := 1, recorded[0].EndMS+followMS
		for n < len(recorded) && recorded[n].BeganMS-lookBackMS <= until {
			until = max(until, recorded[n].EndMS+followMS)
			n++
		}
		part := recorded[:n]
		w, err := x.watchPart(ctx, key, index, part, until)
		if err != nil {
			return nil, err
		}
		for i := range part {
			found[part[i].UUID] = watched{w.watch.Seen(i), w.watch.Context(i), key.window}
		}
		if recorded = recorded[n:]; len(recorded) == 0 {
			x.kept.put(key, w)
		}
	}
	return found, nil
}

// watchPart reads until a time. It continues where it ended last, if it is asked for the same answers at the same times and all new blocks come after that;
// otherwise it begins with the last full snapshot before the first answer. The times change when more uploads say more of the browser's clock.
func (x *Experiences) watchPart(ctx context.Context, key watchKey, index []model.Block, answers []seen.Answer, untilMS int64) (*watching, error) {
	src := blocks.NewSource(ctx, blocks.SourceOptions{
		Blocks: x.options.Blocks, Project: key.project, Rows: index,
		Index: func(ctx context.Context) ([]model.Block, error) {
			all, err := x.options.Store.BlocksOf(ctx, key.project, []string{key.session})
			return slices.DeleteFunc(all, func(b model.Block) bool { return b.WindowID != key.window }), err
		},
	})
	defer src.Close()
	w := x.kept.take(key)
	line := 0
	if w == nil || !slices.Equal(w.answers, answers) || w.read == 0 || w.read > len(index) || index[w.read-1].UUID != w.last {
		at := slices.IndexFunc(index, func(b model.Block) bool { return b.LastMS >= answers[0].BeganMS-lookBackMS })
		w = &watching{watch: seen.NewWatch(answers), answers: answers}
		var err error
		if w.read, line, err = beginning(ctx, src, index, max(at, 0)); err != nil {
			return nil, err
		}
	}
	for ; w.read < len(index) && index[w.read].FirstMS <= untilMS; w.read++ {
		b := &index[w.read]
		lines, lost, err := readBlock(ctx, src, b)
		if err != nil {
			return nil, err
		}
		if lines == nil {
			w.watch.Lost(b.FirstMS, b.LastMS, lost)
		} else {
			w.leftOut(index, b)
		}
		if lines != nil {
			for ; line < lines.Len(); line++ {
				w.watch.Event(lines.Line(line))
			}
		}
		line, w.last = 0, b.UUID
		if len(b.Snapshots) > 0 {
			w.size = max(w.size, pageTimes*b.RawBytes) // a page takes several times the size of its snapshot
		}
		x.metrics.bytes.Add(float64(b.RawBytes))
	}
	return w, nil
}

// leftOut tells the watch what the recorder left out since the block before the next one to read. It counts that from its own start.
func (w *watching) leftOut(index []model.Block, b *model.Block) {
	fromMS, toMS, before := b.FirstMS, max(b.LastMS, min(b.SentMS, b.LastMS+sentMS)), model.Block{}
	if w.read > 0 {
		before = index[w.read-1]
		fromMS = min(fromMS, before.LastMS+1)
	}
	if n := b.OversizedMutations; n > 0 && n != before.OversizedMutations {
		w.watch.Lost(fromMS, toMS, seen.MutationsDropped)
	}
	if n := b.DroppedMutations; n > 0 && n != before.DroppedMutations {
		w.watch.Throttled(fromMS, toMS)
	}
}

// sentMS is how long after its last event a block is sent at most. What was left out in this time is counted, too.
const sentMS = 10_000

// pageTimes is about how many times the size of its snapshot a page takes in memory.
const pageTimes = 4

// watch searches for answers in the recordings of the windows in which they were asked for, and for those that are not there in the other windows of
// their sessions.
func (d *deriving) watch(ctx context.Context, all map[model.Subject][]*felt) error {
	byWindow := map[watchKey][]*felt{}
	var some []*felt
	for subject := range d.wanted {
		for _, f := range all[subject] {
			if d.linked(f) != nil && f.isKnown() {
				some = append(some, f)
				key := watchKey{windowKey{d.project, f.link.SessionID, f.link.WindowID}, false}
				byWindow[key] = append(byWindow[key], f)
			}
		}
	}
	if err := d.watchAll(ctx, byWindow); err != nil {
		return err
	}
	clear(byWindow)
	for _, f := range some {
		if f.is && f.watched.seen.State != model.SeenNotShown {
			continue
		}
		for window := range d.linked(f).index {
			if window != f.link.WindowID {
				key := watchKey{windowKey{d.project, f.link.SessionID, window}, true}
				byWindow[key] = append(byWindow[key], f)
			}
		}
	}
	return d.watchAll(ctx, byWindow)
}

func (d *deriving) watchAll(ctx context.Context, byWindow map[watchKey][]*felt) error {
	for key, of := range byWindow {
		slices.SortFunc(of, func(a, b *felt) int {
			return cmp.Or(cmp.Compare(a.beganMS, b.beganMS), slices.Compare(a.event.UUID[:], b.event.UUID[:]))
		})
		answers := make([]seen.Answer, len(of))
		for i, f := range of {
			answers[i] = seen.Answer{
				UUID: f.event.UUID, Question: f.said.question, Text: f.said.answer, StartMS: f.startMS, EndMS: f.endMS, BeganMS: f.beganMS, ClockUncertaintyMS: clockOf(f.link).UncertaintyMS,
				Stopped: f.event.Stopped, Background: !f.said.asks,
			}
		}
		found, err := d.x.watchWindow(ctx, key, d.sessions[key.session].index[key.window], answers)
		if err != nil {
			return err
		}
		for _, f := range of {
			if w, ok := found[f.event.UUID]; ok {
				f.take(w)
			}
		}
	}
	return nil
}

// shown ranks states by how much of an answer was shown.
var shown = map[string]int{
	model.SeenUnknown: 1, model.SeenNotShown: 2, model.SeenNotVisible: 3, model.SeenPartly: 4, model.SeenStopped: 5, model.SeenAll: 6,
}

// take uses what a window's recording shows of an answer, unless another window showed more. The time of asking comes from the window of the link,
// which is the most reliable.
func (f *felt) take(w watched) {
	if !f.is {
		f.watched, f.is = w, true
		return
	}
	if shown[w.seen.State] <= shown[f.watched.seen.State] || w.seen.State == model.SeenUnknown {
		return
	}
	asked := f.watched.seen.AskedMS
	f.watched = w
	if x := &f.watched.seen; asked != 0 {
		if x.AskedMS = asked; x.FirstWordsMS != 0 {
			x.WaitMS = max(0, x.FirstWordsMS-asked)
		}
	}
}
