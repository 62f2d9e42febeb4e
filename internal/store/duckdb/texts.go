//go:build cgo

package duckdb

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"github.com/playheadhq/playhead/internal/damage"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/duckdb/journal"
	"github.com/playheadhq/playhead/internal/store/duckdb/texts"
	"github.com/playheadhq/playhead/internal/store/table"
	"github.com/playheadhq/playhead/internal/textblock"
)

// textsDir is where the files of text lie in the data directory.
const textsDir = "text"

// openTexts opens the files of text and compares them with the rows that refer to them. The error is a *damage.Error if there is a loss that was not
// accepted.
func openTexts(ctx context.Context, o *Options, conn *duckdb.Conn) (*texts.Texts, error) {
	var rows []texts.Block
	err := each(ctx, conn, "texts", nil, func(row []driver.Value) {
		var b texts.Block
		b.Number, b.Project, b.Packed = row[0].(int64), row[1].(string), row[2].(bool)
		b.Location = model.Location{Key: row[3].(string), Offset: row[4].(int64), Length: row[5].(int64)}
		b.Events, b.FirstMS, b.LastMS = int(row[6].(int32)), row[7].(int64), row[8].(int64)
		b.Lines, b.Pairs, b.Head, b.Raw = int(row[9].(int32)), int(row[10].(int32)), int(row[11].(int32)), row[12].(int64)
		rows = append(rows, b)
	})
	if err != nil {
		if err = fmt.Errorf("read where text lies: %w", classify(err)); !isDamage(err) {
			return nil, err
		}
		if err := giveUpTexts(ctx, o, conn, err); err != nil {
			return nil, err
		}
		rows = nil
	}
	t, err := texts.Open(filepath.Join(o.Dir, textsDir), rows)
	if err != nil {
		return nil, fmt.Errorf("open the files of text: %w", classify(err))
	}
	if err := compareTexts(ctx, o, t, conn); err != nil {
		return nil, errors.Join(err, t.Close())
	}
	return t, nil
}

// giveUpTexts starts without any text, if somebody accepted that: the locations of the texts are lost. The files are kept.
func giveUpTexts(ctx context.Context, o *Options, conn *duckdb.Conn, cause error) error {
	l := damage.Loss{
		What: "the part of the database that says where prompts and answers lie cannot be read", Unknown: true,
		Saved: "all events and recordings, without prompts and answers",
	}
	if !slices.Contains(o.AcceptLoss, l.Code()) {
		return &damage.Error{Loss: l, Dir: o.Dir, Accepted: o.AcceptLoss, Cause: cause}
	}
	o.Logger.Warn("continuing without the lost data", "damaged", l.What, "lost", l.Text(), "saved", l.Saved)
	l, err := damage.Keep(o.Dir, l, time.Now())
	if err == nil {
		err = os.Rename(filepath.Join(o.Dir, textsDir), filepath.Join(o.Dir, l.Kept, textsDir))
	}
	if err == nil {
		_, err = conn.ExecContext(ctx, queries["texts_clear"], nil)
	}
	if err != nil {
		return classify(err)
	}
	return nil
}

// compareTexts compares the files of text with what was acknowledged: each must be at least as long as it was then. Rows of text whose loss was
// accepted are dropped, so that the loss is reported only once.
func compareTexts(ctx context.Context, o *Options, t *texts.Texts, conn *duckdb.Conn) error {
	lost, lengths := t.Lost()
	if len(lost) == 0 {
		return nil
	}
	gone := 0
	l := damage.Loss{Lengths: map[string]int64{}, Saved: "all events and recordings, and the text of every other event"}
	for name, length := range lengths {
		if l.Lengths[textsDir+"/"+name] = length; length < 0 {
			gone++
		}
	}
	for _, b := range lost {
		l.Texts += int64(b.Events)
	}
	l.What = fmt.Sprintf("of the files of text, %d are missing and %d are shorter than what they held", gone, len(lengths)-gone)
	if !slices.Contains(o.AcceptLoss, l.Code()) {
		return &damage.Error{Loss: l, Dir: o.Dir, Accepted: o.AcceptLoss}
	}
	o.Logger.Warn("continuing without the lost data", "damaged", l.What, "lost", l.Text(), "saved", l.Saved)
	if _, err := damage.Keep(o.Dir, l, time.Now()); err != nil {
		return classify(err)
	}
	if err := dropTexts(ctx, conn, lost); err != nil {
		return classify(err)
	}
	return nil
}

// dropTexts drops the rows of blocks.
func dropTexts(ctx context.Context, conn *duckdb.Conn, all []*texts.Block) error {
	numbers := make([]int64, len(all))
	for i, b := range all {
		numbers[i] = b.Number
	}
	_, err := conn.ExecContext(ctx, queries["texts_drop"], []driver.NamedValue{{Name: "numbers", Ordinal: 1, Value: numbers}})
	return err
}

// appendTexts adds rows to the current transaction.
func (e *engine) appendTexts(rows []texts.Block) error {
	if len(rows) == 0 {
		return nil
	}
	a := e.appenders["texts"]
	if a == nil {
		var err error
		if a, err = duckdb.NewAppenderFromConn(e.writer, "", "texts"); err != nil {
			return fmt.Errorf("appender for texts: %w", err)
		}
		e.appenders["texts"] = a
	}
	for _, b := range rows {
		err := a.AppendRow(b.Number, b.Project, b.Packed, b.Location.Key, b.Location.Offset, b.Location.Length,
			int32(b.Events), b.FirstMS, b.LastMS, int32(b.Lines), int32(b.Pairs), int32(b.Head), b.Raw)
		if err != nil {
			return fmt.Errorf("append to texts: %w", err)
		}
	}
	if err := a.Flush(); err != nil {
		return fmt.Errorf("append to texts: %w", err)
	}
	return nil
}

// writeTexts makes the texts of a batch's new rows durable in the background. The returned function waits for that.
func (e *engine) writeTexts(ctx context.Context, b *store.Batch, f *fresh) func() ([]texts.Block, error) {
	type written struct {
		rows []texts.Block
		err  error
	}
	done := make(chan written, 1)
	go func() {
		rows, err := e.texts.Write(ctx, b, f.events, f.contents)
		done <- written{rows, err}
	}()
	return func() ([]texts.Block, error) {
		w := <-done
		return w.rows, w.err
	}
}

// Contents implements store.Events.
func (s *Store) Contents(ctx context.Context, keys []model.Key) ([]model.Content, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	s.active()
	var all []model.Content
	err := s.use(ctx, func(e *engine) (err error) {
		all, err = e.contents(ctx, keys)
		return err
	})
	return all, err
}

func (e *engine) contents(ctx context.Context, keys []model.Key) ([]model.Content, error) {
	return e.texts.Contents(ctx, cleanKeys(keys))
}

func cleanKeys(keys []model.Key) []model.Key {
	clean := make([]model.Key, len(keys))
	for i, k := range keys {
		clean[i] = model.Key{Project: table.Clean(k.Project), UUID: k.UUID, TimeMS: k.TimeMS}
	}
	return clean
}

// Previews implements store.Events.
func (s *Store) Previews(ctx context.Context, keys []model.Key) (all []model.Preview, err error) {
	if len(keys) == 0 {
		return nil, nil
	}
	s.active()
	err = s.use(ctx, func(e *engine) (err error) {
		all, err = e.texts.Previews(ctx, cleanKeys(keys))
		return err
	})
	return all, err
}

// FindText finds events by their text, see texts.Query. It ends when found returns false. found must return quickly, because everybody waits for it
// while the database has to be opened again. A caller that sends results to a slow client must start a new search at the position where this one
// ended.
func (s *Store) FindText(ctx context.Context, q texts.Query, found func(texts.Found) bool) error {
	s.active()
	return s.use(ctx, func(e *engine) error { return findText(ctx, e, q, found) })
}

func findText(ctx context.Context, e *engine, q texts.Query, found func(texts.Found) bool) error {
	q.Project = table.Clean(q.Project)
	for f, err := range e.texts.Find(ctx, q) {
		if err != nil {
			return err
		}
		if !found(f) {
			return nil
		}
	}
	return nil
}

// errExchanged means that the engine was replaced meanwhile, and does not know what was begun before.
var errExchanged = errors.New("the database was opened again meanwhile")

// packSoon tells packTexts to check for texts to pack.
func (s *Store) packSoon() {
	select {
	case s.texted <- struct{}{}:
	default: // there is a token already
	}
}

// packTexts packs text after commits, until ctx ends.
func (s *Store) packTexts(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.texted:
		}
		quiet, least := s.quiet.Swap(false), textblock.MaxEvents
		if quiet {
			least = texts.QuietEvents
		}
		for {
			changed, err := s.changeTexts(ctx, func(e *engine) (*texts.Change, error) { return e.texts.Pack(ctx, least) })
			if err != nil && ctx.Err() == nil && !errors.Is(err, errExchanged) {
				// Texts that are not packed take more space, but can be found.
				s.options.Logger.Warn("packing text failed, it will be retried", "error", err)
			}
			if err != nil || !changed {
				break
			}
			if quiet {
				s.active() // there is a log again, and files must be removed
			}
		}
	}
}

// changeTexts changes blocks of text: decide chooses and writes new blocks while commits continue, and then the rows are stored.
func (s *Store) changeTexts(ctx context.Context, decide func(*engine) (*texts.Change, error)) (changed bool, err error) {
	s.packing.Lock()
	defer s.packing.Unlock()
	if err := s.room(); err != nil {
		return false, err
	}
	var change *texts.Change
	var decided *engine
	err = s.use(ctx, func(e *engine) (err error) {
		decided = e
		change, err = decide(e)
		return err
	})
	if err != nil || change == nil {
		return false, err
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	ctx = context.WithoutCancel(ctx) // it ends soon, and an interruption costs a reopening
	var used *engine
	err = s.use(ctx, func(e *engine) error {
		if e != decided {
			return errExchanged
		}
		used = e
		return e.changeTexts(ctx, change)
	})
	if err != nil && used != nil {
		s.broken(used, err)
		err = classify(err)
	}
	return err == nil, err
}

func (e *engine) changeTexts(ctx context.Context, change *texts.Change) error {
	if err := e.exec(ctx, "BEGIN TRANSACTION"); err != nil {
		return err
	}
	if err := dropTexts(ctx, e.writer, change.Old); err != nil {
		return err // closing the engine rolls back
	}
	if err := e.appendTexts(change.New); err != nil {
		return err
	}
	if err := e.exec(ctx, "COMMIT"); err != nil {
		return err
	}
	if err := e.journal.Record(journal.Changed, 0, 0); err != nil {
		return err
	}
	e.texts.Replace(change.Old, change.New)
	// A file that could not be removed is removed the next time.
	_ = e.texts.Sweep(ctx)
	return nil
}

// forgetTexts drops the texts of a project's events before a time.
func (s *Store) forgetTexts(ctx context.Context, project string, before time.Time) error {
	for {
		changed, err := s.changeTexts(ctx, func(e *engine) (*texts.Change, error) { return e.texts.Forget(ctx, project, before) })
		if err != nil || !changed {
			return err
		}
	}
}
