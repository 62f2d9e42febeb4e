package derive

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/activity"
	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/link"
	"github.com/playheadhq/playhead/internal/link/words"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/replay"
)

const (
	// windowsAtOnce is how many windows have their index read together.
	windowsAtOnce = 200
	// storedAtOnce is how many rows are stored together.
	storedAtOnce = 10_000
	// windowBytes is how much of one window is read, in bytes of its lines, before other windows have their turn.
	windowBytes = 32 << 20
	// maxBack is how many blocks with a snapshot are tried before reading begins with the first block.
	maxBack = 16
)

// derive derives and stores the activity of blocks, and of later blocks as far as they depend on them. rest are blocks that must wait until other
// windows had their turn.
func (r *Recordings) derive(ctx context.Context, all map[windowKey]*fresh) (rest map[windowKey]*fresh, err error) {
	rest = map[windowKey]*fresh{}
	keys := make([]windowKey, 0, len(all))
	for key := range all {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b windowKey) int {
		return cmp.Or(cmp.Compare(a.project, b.project), cmp.Compare(a.session, b.session), cmp.Compare(a.window, b.window))
	})
	out := rowsOut{at: map[rowKey]int{}, clues: map[blockKey][]model.Clue{}}
	for len(keys) > 0 {
		n := 1
		for n < min(len(keys), windowsAtOnce) && keys[n].project == keys[0].project {
			n++
		}
		part := keys[:n]
		keys = keys[n:]
		derivedMS := r.now().UnixMilli()
		index, err := r.index(ctx, part)
		if err != nil {
			return nil, err
		}
		for _, key := range part {
			unfinished, err := r.window(ctx, key, index[key], all[key], derivedMS, &out)
			if err != nil {
				return nil, err
			}
			if unfinished {
				rest[key] = all[key]
			}
			if len(out.rows) >= storedAtOnce {
				if err := r.store(ctx, &out); err != nil {
					return nil, err
				}
			}
		}
	}
	return rest, r.store(ctx, &out)
}

func (r *Recordings) store(ctx context.Context, out *rowsOut) error {
	if len(out.rows) == 0 {
		return nil
	}
	// The row of a block says that all of it was derived, so it is stored last.
	clues := make([]model.Clue, 0, len(out.clues))
	for _, of := range out.clues {
		clues = append(clues, of...)
	}
	if err := r.options.Store.StoreClues(ctx, clues); err != nil {
		return err
	}
	if err := r.options.Store.StoreActivity(ctx, out.rows); err != nil {
		return err
	}
	if r.options.Shown != nil {
		r.options.Shown(clues)
	}
	r.metrics.rows.Add(float64(len(out.rows)))
	out.rows = out.rows[:0]
	clear(out.at)
	clear(out.clues)
	return nil
}

// rowsOut are rows to be stored, with each key once.
type rowsOut struct {
	rows  []model.Activity
	at    map[rowKey]int
	clues map[blockKey][]model.Clue
}

type blockKey struct {
	project string
	uuid    uuid.UUID
}

// shortestCallMS is how long a request must take to be a clue. No model answers faster, and most of a page's requests are faster.
const shortestCallMS = 200

// addClues adds the clues of a block, which w has read last: what it showed, its person, its session, the requests of scripts, and that it shows a frame
// of another site.
func (o *rowsOut) addClues(b *model.Block, aheadMS int64, said []words.Shown, rows []model.Activity, w *inWork, derivedMS int64) {
	one := model.Clue{
		Project: b.Project, UUID: b.UUID, Rules: model.ClueRules, SessionID: b.SessionID, WindowID: b.WindowID, TimeMS: b.LastMS, ReceivedMS: b.ReceivedMS,
		DerivedMS: derivedMS,
	}
	all := make([]model.Clue, 0, len(said)+2)
	add := func(hash, fromMS, toMS int64) {
		one.Hash, one.AtMS, one.EndMS = hash, fromMS-aheadMS, toMS-aheadMS
		all = append(all, one)
	}
	add(words.ID(words.Session, b.SessionID), b.FirstMS, b.LastMS)
	if b.DistinctID != "" {
		add(words.ID(words.Person, b.DistinctID), b.FirstMS, b.LastMS)
	}
	for _, s := range said {
		add(s.Hash, s.FromMS, s.ToMS)
	}
	if w.framed {
		add(words.ID(words.Framed, ""), b.FirstMS, b.LastMS)
		add(words.ID(words.Framed, b.SessionID), b.FirstMS, b.LastMS)
	}
	kind := words.Address
	if !w.screen.Readable() {
		kind = words.AddressUnread
	}
	for i := range rows {
		if a := &rows[i]; a.Kind == model.ActivityRequest && a.FirstByteMS >= 0 && a.EndMS-a.AtMS >= shortestCallMS {
			add(words.RequestAt(kind, a.Label, a.AtMS-aheadMS), a.AtMS, a.EndMS)
		}
	}
	o.clues[blockKey{b.Project, b.UUID}] = all
}

type rowKey struct {
	project  string
	uuid     uuid.UUID
	position int64
}

func (o *rowsOut) add(rows []model.Activity) {
	for i := range rows {
		key := rowKey{rows[i].Project, rows[i].UUID, rows[i].Position}
		if at, known := o.at[key]; known {
			o.rows[at] = rows[i]
			continue
		}
		o.at[key] = len(o.rows)
		o.rows = append(o.rows, rows[i])
	}
}

// index reads the index of windows of one project, each sorted by rank: FirstMS, ReceivedMS, UUID.
func (r *Recordings) index(ctx context.Context, of []windowKey) (map[windowKey][]model.Block, error) {
	sessions := make([]string, len(of))
	for i := range of {
		sessions[i] = of[i].session
	}
	all, err := r.options.Store.BlocksOf(ctx, of[0].project, slices.Compact(sessions))
	if err != nil {
		return nil, fmt.Errorf("read the index of %d windows: %w", len(of), err)
	}
	byWindow := map[windowKey][]model.Block{}
	for len(all) > 0 {
		n := 1
		for n < len(all) && all[n].SessionID == all[0].SessionID && all[n].WindowID == all[0].WindowID {
			n++
		}
		byWindow[windowKey{of[0].project, all[0].SessionID, all[0].WindowID}] = all[:n:n]
		all = all[n:]
	}
	return byWindow, nil
}

// window derives the fresh blocks of one window, and later blocks as far as they depend on them. It continues where it ended last, if all fresh
// blocks come after that. Otherwise it begins with the last full snapshot before the first fresh block, and ends with the first later block that has
// a full snapshot: blocks after that do not depend on earlier ones.
func (r *Recordings) window(ctx context.Context, key windowKey, index []model.Block, f *fresh, derivedMS int64, out *rowsOut) (unfinished bool, err error) {
	first, last := ranks(index, f)
	if last < 0 {
		return false, nil // deleted meanwhile
	}
	src := blocks.NewSource(ctx, blocks.SourceOptions{
		Blocks: r.options.Blocks, Project: key.project, Rows: index,
		Index: func(ctx context.Context) ([]model.Block, error) {
			now, err := r.index(ctx, []windowKey{key})
			return now[key], err
		},
	})
	defer src.Close()
	w := r.kept.take(key)
	goesOn := w != nil && w.read > 0 && w.read <= len(index) && index[w.read-1].UUID == w.last && first >= w.stored
	from, line, store := 0, 0, 0 // where reading begins, and the first block whose rows are stored
	switch {
	case goesOn && last < w.read:
		r.kept.put(key, w)
		return false, nil // they were read together with others
	case goesOn:
		from, store = w.read, w.read
		w.stored = min(w.stored, store)
	default:
		w = newInWork()
		store, w.stored = first, first
		if from, line, err = beginning(ctx, src, index, first); err != nil {
			return false, err
		}
	}
	aheadMS := link.BrowserAhead(index)
	bytes := int64(0)
	for k := from; k < len(index); k++ {
		b := &index[k]
		if bytes += b.RawBytes; bytes > windowBytes && k > from {
			r.kept.put(key, w)
			return last >= k, nil
		}
		lines, lost, err := readBlock(ctx, src, b)
		if err != nil {
			return false, err
		}
		w.page.load = func(rank, line int, each func(activity.Effect, []byte)) error {
			return loadPage(ctx, src, index, rank, line, lines, each)
		}
		if err := w.block(k, b, lines, lost, line, derivedMS, r.options.Event); err != nil {
			return false, err
		}
		line = 0
		w.read, w.last = k+1, b.UUID
		rows, said := w.track.Take(), w.screen.Take()
		if k >= store {
			out.add(rows)
			out.addClues(b, aheadMS(b), said, rows, w, derivedMS)
		}
		r.metrics.bytes.Add(float64(b.RawBytes))
		if !goesOn && k > last && k+1 < len(index) && w.track.Restarted() {
			return false, nil
		}
	}
	r.kept.put(key, w)
	return false, nil
}

// ranks are the ranks of the first and the last fresh block; -1 if there are none.
func ranks(index []model.Block, f *fresh) (first, last int) {
	wanted := make(map[uuid.UUID]struct{}, len(f.blocks))
	for _, id := range f.blocks {
		wanted[id] = struct{}{}
	}
	first, last = -1, -1
	for i := range index {
		if _, ok := wanted[index[i].UUID]; ok {
			if last = i; first < 0 {
				first = i
			}
		}
	}
	return first, last
}

// beginning is where reading must begin for the state to be right at a block: a line of an earlier block, or the first line of all.
func beginning(ctx context.Context, src *blocks.Source, index []model.Block, at int) (rank, line int, err error) {
	for k, tried := at-1, 0; k >= 0 && tried < maxBack; k-- {
		n := len(index[k].Snapshots)
		if n == 0 {
			continue
		}
		tried++
		lines, _, err := readBlock(ctx, src, &index[k])
		if err != nil {
			return 0, 0, err
		}
		from := int(index[k].Snapshots[n-1].Line)
		if lines != nil && from >= 0 && from < lines.Len() && activity.Begins(lines.Line(from)) {
			return k, from, nil
		}
	}
	return 0, 0, nil
}

// readBlock returns a block's lines, or the reason why it is lost. An error means that a later attempt may succeed.
func readBlock(ctx context.Context, src *blocks.Source, b *model.Block) (lines *replay.Lines, lost string, err error) {
	if err := ctx.Err(); err != nil {
		return nil, "", err
	}
	body, err := src.Read(ctx, b.Location)
	if err == nil {
		lines, err = replay.DecodeBlock(b, body)
	}
	switch {
	case err == nil:
		return lines, "", nil
	case ctx.Err() != nil || errors.Is(err, blocks.ErrUnavailable):
		return nil, "", fmt.Errorf("read block %s: %w", b.UUID, cmp.Or(ctx.Err(), err))
	}
	return nil, replay.GapReason(err), nil
}

// loadPage calls a function with each event that changes the page, from the last full snapshot to before a line of the block with a rank. lines are
// the lines of this block.
func loadPage(ctx context.Context, src *blocks.Source, index []model.Block, rank, line int, lines *replay.Lines, each func(activity.Effect, []byte)) error {
	from := rank
	for k := rank - 1; k >= 0; k-- {
		if len(index[k].Snapshots) > 0 {
			from = k
			break
		}
	}
	for k := from; k <= rank; k++ {
		of, until := lines, line
		if k < rank {
			var err error
			if of, _, err = readBlock(ctx, src, &index[k]); err != nil {
				return err
			}
			if of == nil {
				continue
			}
			until = of.Len()
		}
		for i := range until {
			event := of.Line(i)
			each(activity.EffectOf(event), event)
		}
	}
	return nil
}
