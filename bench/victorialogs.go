package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// startVictoriaLogs runs VictoriaLogs on a directory of its own, with its default settings except for the retention.
func startVictoriaLogs(ctx context.Context, o options) (*server, error) {
	dir, err := os.MkdirTemp(o.dir, "playhead-bench-victorialogs-")
	if err != nil {
		return nil, err
	}
	s, err := launch(ctx, dir, "/health", func(addr, data string) *exec.Cmd {
		return exec.CommandContext(ctx, o.victoriaLogs, "-httpListenAddr="+addr, "-storageDataPath="+data, "-retentionPeriod=100y")
	})
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return s, nil
}

// linesPath is where VictoriaLogs takes lines. Fields with few different values make a stream, as its documentation advises.
const linesPath = "/insert/jsonline?_stream_fields=provider,model"

// lines is a batch in the form in which VictoriaLogs takes logs: one line of JSON for each event. The conversation is the message, everything else is a
// field.
type lines struct {
	body   []byte
	places []places
	texts  [][]byte
}

// newLines makes the lines of a batch.
func newLines(b *batch) (*lines, error) {
	var sent struct {
		Batch []struct {
			UUID       string                     `json:"uuid"`
			DistinctID string                     `json:"distinct_id"`
			Properties map[string]json.RawMessage `json:"properties"`
		} `json:"batch"`
	}
	if err := json.Unmarshal(b.body, &sent); err != nil {
		return nil, err
	}
	var l lines
	for i, e := range sent.Batch {
		fields := map[string]any{"_time": stamp(time.Time{}), "uuid": e.UUID, "distinct_id": e.DistinctID}
		for name, value := range e.Properties {
			if name != "$ai_input" && name != "$ai_output_choices" {
				fields[strings.TrimPrefix(strings.TrimPrefix(name, "$"), "ai_")] = value
			}
		}
		var texts []string
		for _, text := range b.texts[i*textsOf : (i+1)*textsOf] {
			texts = append(texts, blank(len(text)))
		}
		fields["_msg"] = strings.Join(texts, "\n")
		raw, err := json.Marshal(fields)
		if err != nil {
			return nil, err
		}
		base := len(l.body)
		find := func(key string) int { return base + bytes.Index(raw, []byte(key)) + len(key) }
		l.places = append(l.places, places{
			find(`"uuid":"`), find(`"trace_id":"`), find(`"session_id":"`), find(`"_time":"`),
			find(`"distinct_id":"`), find(`"latency":`), find(`"input_tokens":`), find(`"output_tokens":`),
		})
		l.body = append(append(l.body, raw...), '\n')
	}
	l.texts = blanks(l.body)
	return &l, nil
}

// of returns the lines with the current values of the batch's events.
func (l *lines) of(b *batch) []byte {
	for i, text := range b.texts {
		copy(l.texts[i], text)
	}
	for i, to := range l.places {
		from := b.places[i]
		for _, one := range [][3]int{
			{to.uuid, from.uuid, 36}, {to.trace, from.trace, 36}, {to.session, from.session, 36}, {to.time, from.time, len(stamp(time.Time{}))},
			{to.person, from.person, len(personID(0))}, {to.latency, from.latency, len(latency(0))},
			{to.input, from.input, len(tokens(0))}, {to.output, from.output, len(tokens(0))},
		} {
			copy(l.body[one[0]:], b.body[one[1]:][:one[2]])
		}
	}
	return l.body
}

// merged waits until VictoriaLogs has written and merged all of its data, two minutes at most.
func merged(ctx context.Context, s *server) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	for _, path := range []string{"/internal/force_flush", "/internal/force_merge"} {
		if status, said, err := s.get(ctx, path); err != nil || status != http.StatusOK {
			return fmt.Errorf("GET %s: %d %s: %w", path, status, said, err)
		}
	}
	for {
		s.calm(ctx)
		c, err := s.counters(ctx)
		if err != nil {
			return err
		}
		if c["vl_active_force_merges"] == 0 {
			return nil
		}
	}
}

// logs counts the logs that VictoriaLogs has.
func logs(ctx context.Context, s *server) (int64, error) {
	raw, err := logsQuery(ctx, s, "* | stats count() as n", 0)
	if err != nil {
		return 0, err
	}
	var row struct {
		N string `json:"n"`
	}
	if err := json.Unmarshal(raw, &row); err != nil {
		return 0, err
	}
	return strconv.ParseInt(row.N, 10, 64)
}

// findLogs searches the messages for a text, and reads a page of the newest that contain it.
func findLogs(ctx context.Context, s *server, text string) (rows int, took time.Duration, err error) {
	begun := time.Now()
	raw, err := logsQuery(ctx, s, `"`+text+`"`, pageSize)
	return bytes.Count(raw, []byte("\n")), time.Since(begun), err
}

func logsQuery(ctx context.Context, s *server, query string, limit int) ([]byte, error) {
	path := "/select/logsql/query?query=" + url.QueryEscape(query)
	if limit > 0 {
		path += "&limit=" + strconv.Itoa(limit)
	}
	status, raw, err := s.get(ctx, path)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("GET %s: %d: %.200s", path, status, raw)
	}
	return raw, err
}
