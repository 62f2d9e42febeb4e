package archive

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/zstd"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// loaded is a chunk in memory.
type loaded struct {
	chunk  chunk
	lines  []line
	bodies []byte
}

// load reads a chunk and compares it with the manifest.
func load(dir string, c chunk) (*loaded, error) {
	rows, err := readFile(dir, c.Rows)
	if err != nil {
		return nil, err
	}
	l := &loaded{chunk: c}
	if c.Bodies != nil {
		if l.bodies, err = readFile(dir, *c.Bodies); err != nil {
			return nil, err
		}
	}
	z, err := zstd.NewReader(bytes.NewReader(rows), zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	defer z.Close()
	for d := json.NewDecoder(z); ; {
		var x line
		err := d.Decode(&x)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%s: row %d: %w", c.Rows.Name, len(l.lines)+1, err)
		}
		if b := x.Block; b != nil && !b.Missing && (b.At < 0 || b.Length < 0 || b.At > int64(len(l.bodies))-b.Length) {
			return nil, fmt.Errorf("%s: row %d: its body is not in the chunk", c.Rows.Name, len(l.lines)+1)
		}
		l.lines = append(l.lines, x)
	}
	return l, nil
}

func readFile(dir string, f file) ([]byte, error) {
	text, err := os.ReadFile(filepath.Join(dir, f.Name))
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(text)
	if int64(len(text)) != f.Bytes || hex.EncodeToString(sum[:]) != f.SHA256 {
		return nil, fmt.Errorf("%s is damaged: it differs from the manifest", filepath.Join(dir, f.Name))
	}
	return text, nil
}

// batch returns the rows as they are stored. Blocks have no locations.
func (l *loaded) batch() *store.Batch {
	b := &store.Batch{}
	for i := range l.lines {
		x := &l.lines[i]
		switch {
		case x.Event != nil:
			b.Events = append(b.Events, x.Event.Event)
			if c := x.content(); c != nil {
				b.Contents = append(b.Contents, *c)
			}
		case x.Identity != nil:
			b.Identities = append(b.Identities, model.Identity(*x.Identity))
		case x.Saved != nil:
			b.Saved = append(b.Saved, model.Saved(*x.Saved))
		case x.Block != nil && !x.Block.Missing:
			b.Blocks = append(b.Blocks, x.Block.Block)
		case x.Refusal != nil:
			b.Refusals = append(b.Refusals, x.Refusal.model())
		}
	}
	return b
}

// bodiesByKey returns the body of each block.
func (l *loaded) bodiesByKey() map[rowKey][]byte {
	all := map[rowKey][]byte{}
	for _, x := range l.lines {
		if b := x.Block; b != nil && !b.Missing {
			all[rowKey{b.Project, b.UUID}] = l.bodies[b.At : b.At+b.Length]
		}
	}
	return all
}

// parts divides a batch of one kind of rows into batches of at most n rows. Each event stays together with its content.
func parts(b *store.Batch, n int) []*store.Batch {
	contents := make(map[rowKey]model.Content, len(b.Contents))
	for _, c := range b.Contents {
		contents[rowKey{c.Project, c.UUID}] = c
	}
	var all []*store.Batch
	for i := 0; i < len(b.Events); i += n {
		part := &store.Batch{Events: b.Events[i:min(i+n, len(b.Events))]}
		for _, e := range part.Events {
			if c, ok := contents[rowKey{e.Project, e.UUID}]; ok {
				part.Contents = append(part.Contents, c)
			}
		}
		all = append(all, part)
	}
	for i := 0; i < len(b.Identities); i += n {
		all = append(all, &store.Batch{Identities: b.Identities[i:min(i+n, len(b.Identities))]})
	}
	for i := 0; i < len(b.Blocks); i += n {
		all = append(all, &store.Batch{Blocks: b.Blocks[i:min(i+n, len(b.Blocks))]})
	}
	for i := 0; i < len(b.Saved); i += n {
		all = append(all, &store.Batch{Saved: b.Saved[i:min(i+n, len(b.Saved))]})
	}
	for i := 0; i < len(b.Refusals); i += n {
		all = append(all, &store.Batch{Refusals: b.Refusals[i:min(i+n, len(b.Refusals))]})
	}
	return all
}
