package archive

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/zstd"

	"github.com/playheadhq/playhead/internal/disk"
	"github.com/playheadhq/playhead/internal/store"
)

// chunkBytes and chunkRows limit a chunk, before compression. An import needs several times this much memory.
const (
	chunkBytes = 24 << 20
	chunkRows  = 20_000
)

// hashed is a file that is being written, under a temporary name until it is complete.
type hashed struct {
	file *os.File
	buf  *bufio.Writer
	hash hash.Hash
	n    int64
	name string
}

func createHashed(dir, name string) (*hashed, error) {
	f, err := os.OpenFile(filepath.Join(dir, name+".part"), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	h := &hashed{file: f, hash: sha256.New(), name: name}
	h.buf = bufio.NewWriterSize(io.MultiWriter(f, h.hash), 256<<10)
	return h, nil
}

// Write implements io.Writer.
func (h *hashed) Write(b []byte) (int, error) {
	n, err := h.buf.Write(b)
	h.n += int64(n)
	return n, err
}

func (h *hashed) finish() (file, error) {
	err := errors.Join(h.buf.Flush(), h.file.Sync(), h.file.Close())
	if err == nil {
		err = os.Rename(h.file.Name(), filepath.Join(filepath.Dir(h.file.Name()), h.name))
	}
	return file{h.name, h.n, hex.EncodeToString(h.hash.Sum(nil))}, err
}

// chunkWriter writes one chunk.
type chunkWriter struct {
	dir     string
	kind    string
	chunk   chunk
	rows    *hashed
	zstd    *zstd.Encoder
	bodies  *hashed
	bytes   int64 // before compression
	scratch bytes.Buffer
	lines   *json.Encoder
}

func newChunkWriter(dir string, number int, kind string) (*chunkWriter, error) {
	w := &chunkWriter{dir: dir, kind: kind, chunk: chunk{Chunk: number, Sums: Sums{}}}
	var err error
	if w.rows, err = createHashed(dir, fmt.Sprintf("%06d-%s.jsonl.zst", number, kind)); err != nil {
		return nil, err
	}
	if kind == Blocks {
		if w.bodies, err = createHashed(dir, fmt.Sprintf("%06d-%s.bodies", number, kind)); err != nil {
			return nil, errors.Join(err, w.rows.file.Close())
		}
	}
	if w.zstd, err = zstd.NewWriter(w.rows, zstd.WithEncoderConcurrency(1)); err != nil {
		w.abandon()
		return nil, err
	}
	w.lines = json.NewEncoder(&w.scratch)
	w.lines.SetEscapeHTML(false)
	return w, nil
}

func (w *chunkWriter) full() bool {
	return w.bytes >= chunkBytes || w.chunk.Sums[w.kind].Rows >= chunkRows
}

func (w *chunkWriter) write(l *line) error {
	w.scratch.Reset()
	if err := w.lines.Encode(l); err != nil {
		return err
	}
	w.bytes += int64(w.scratch.Len())
	_, err := w.zstd.Write(w.scratch.Bytes())
	return err
}

func (w *chunkWriter) add(kind string, row any) error {
	p, err := print(row)
	if err == nil {
		w.chunk.Sums.add(kind, p)
	}
	return err
}

// batch writes rows of one kind. bodies are those of its blocks, in order; nil for a missing one.
func (w *chunkWriter) batch(b *store.Batch, bodies [][]byte) error {
	for _, l := range eventLines(b) {
		err := w.add(Events, l.Event)
		if l.Content != nil {
			err = errors.Join(err, w.add(Contents, l.Content.row(l.Event.Project, l.Event.UUID)))
		}
		if err = errors.Join(err, w.write(&l)); err != nil {
			return fmt.Errorf("event %s: %w", l.Event.UUID, err)
		}
	}
	for i := range b.Identities {
		l := line{Identity: (*identity)(&b.Identities[i])}
		if err := errors.Join(w.add(Identities, l.Identity), w.write(&l)); err != nil {
			return fmt.Errorf("identity %s: %w", b.Identities[i].UUID, err)
		}
	}
	for i := range b.Blocks {
		l := line{Block: fromBlock(&b.Blocks[i])}
		if err := errors.Join(w.body(l.Block, bodies[i]), w.write(&l)); err != nil {
			return fmt.Errorf("block %s: %w", b.Blocks[i].UUID, err)
		}
	}
	for i := range b.Saved {
		l := line{Saved: (*saved)(&b.Saved[i])}
		if err := errors.Join(w.add(Saved, l.Saved), w.write(&l)); err != nil {
			return fmt.Errorf("saved %s: %w", b.Saved[i].UUID, err)
		}
	}
	for i := range b.Refusals {
		l := line{Refusal: fromRefusal(&b.Refusals[i])}
		if err := errors.Join(w.add(Refusals, l.Refusal), w.write(&l)); err != nil {
			return fmt.Errorf("refusal: %w", err)
		}
	}
	return nil
}

func (w *chunkWriter) body(b *block, bytes []byte) error {
	if bytes == nil {
		b.Missing = true
		w.chunk.Missing++
		return nil
	}
	b.describe(bytes)
	if err := w.add(Blocks, b); err != nil {
		return err
	}
	b.At = w.bodies.n
	w.bytes += int64(len(bytes))
	_, err := w.bodies.Write(bytes)
	return err
}

// describe sets the length and the checksum of the body.
func (b *block) describe(body []byte) {
	sum := sha256.Sum256(body)
	b.Length, b.SHA256 = int64(len(body)), hex.EncodeToString(sum[:])
}

// row returns the content together with its event's key. Checksums need the key, because two events may have equal contents.
func (c *content) row(project string, id [16]byte) any {
	return struct {
		Project string `json:"project,omitempty"`
		UUID    string `json:"uuid"`
		*content
	}{written(project), hex.EncodeToString(id[:]), c}
}

// finish makes the chunk durable. next is the cursor at which the next chunk begins.
func (w *chunkWriter) finish(next string) (chunk, error) {
	err := w.zstd.Close()
	var failed error
	if w.chunk.Rows, failed = w.rows.finish(); failed != nil {
		err = errors.Join(err, failed)
	}
	if w.bodies != nil {
		bodies, failed := w.bodies.finish()
		err = errors.Join(err, failed)
		w.chunk.Bodies = &bodies
	}
	w.chunk.Next = next
	return w.chunk, errors.Join(err, disk.SyncDir(w.dir))
}

// abandon closes the files. The unfinished files stay, and the next attempt overwrites them.
func (w *chunkWriter) abandon() {
	for _, h := range []*hashed{w.rows, w.bodies} {
		if h != nil {
			_ = h.file.Close() // its contents do not matter
		}
	}
}
