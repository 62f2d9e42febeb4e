package archive

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/google/uuid"
)

const (
	manifestFile  = "manifest.jsonl"
	formatName    = "playhead-export"
	formatVersion = 1
)

// header is the manifest's first line.
type header struct {
	Format    string    `json:"format"`
	Version   int       `json:"version"`
	ID        uuid.UUID `json:"id"`
	MadeBy    string    `json:"made_by"`
	StartedMS int64     `json:"started_ms"`
}

// file is a file of a chunk.
type file struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// chunk is a line of the manifest.
type chunk struct {
	Chunk  int   `json:"chunk"`
	Rows   file  `json:"rows"`
	Bodies *file `json:"bodies,omitempty"`
	Sums   Sums  `json:"sums"`
	// Missing counts blocks without bodies.
	Missing int64 `json:"missing,omitempty"`
	// Next is the storage's cursor for the next chunk.
	Next string `json:"next"`
}

// end is the manifest's last line.
type end struct {
	Complete bool  `json:"complete"`
	Sums     Sums  `json:"sums"`
	Missing  int64 `json:"missing"`
	EndedMS  int64 `json:"ended_ms"`
}

// manifest is the content of the manifest's file.
type manifest struct {
	header header
	chunks []chunk
	end    *end
}

// read parses one line.
func (m *manifest) read(line []byte) error {
	switch {
	case m.header.Format == "":
		if err := json.Unmarshal(line, &m.header); err != nil || m.header.Format != formatName {
			return errors.New("this is not the manifest of an export")
		}
		if m.header.Version != formatVersion {
			return fmt.Errorf("it has version %d of the format, and this version of Playhead knows %d: use the one that exported it (%s), or a newer one",
				m.header.Version, formatVersion, m.header.MadeBy)
		}
		return nil
	case m.end != nil:
		return errors.New("there is more data after its last line")
	case bytes.HasPrefix(line, []byte(`{"complete"`)):
		m.end = &end{}
		return json.Unmarshal(line, m.end)
	}
	var c chunk
	if err := json.Unmarshal(line, &c); err != nil {
		return fmt.Errorf("line %d: %w", len(m.chunks)+2, err)
	}
	for _, f := range []*file{&c.Rows, c.Bodies} {
		if f != nil && f.Name != filepath.Base(f.Name) {
			return fmt.Errorf("line %d: %q is not the name of a file in the same directory", len(m.chunks)+2, f.Name)
		}
	}
	if c.Chunk != len(m.chunks)+1 {
		return fmt.Errorf("line %d: chunk %d follows chunk %d", len(m.chunks)+2, c.Chunk, len(m.chunks))
	}
	m.chunks = append(m.chunks, c)
	return nil
}

// sums are the sums of all chunks.
func (m *manifest) sums() (all Sums, missing int64) {
	all = newSums()
	for _, c := range m.chunks {
		all.addAll(c.Sums)
		missing += c.Missing
	}
	return all, missing
}
