// Package stdio lets programs that speak the Model Context Protocol over standard input and output ask a running server over HTTP. Messages pass
// through unchanged. The package itself answers only if the server cannot be reached.
package stdio

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
)

// Bridge connects one client with a server.
type Bridge struct {
	// Address is where the server answers MCP: http://127.0.0.1:8000/mcp.
	Address string
	// Token is a read token, "" for none.
	Token string
	// In has the client's messages, Out takes those of the server: JSON, one a line.
	In  io.Reader
	Out io.Writer
	// Client is http.DefaultClient when nil.
	Client *http.Client

	writing  sync.Mutex
	protocol string // the version that was agreed on, guarded by writing
}

const (
	// atOnce is how many messages are with the server at the same time.
	atOnce = 8
	// maxMessage bounds a message of the client, and maxAnswer one of the server, whose results have at most some 200 kB.
	maxMessage, maxAnswer = 1 << 20, 16 << 20
)

// Run passes messages on until the client closes In, and returns nil then. Requests that the server still works on are answered first. When ctx ends,
// Run returns at once; In should be closed then, because reading from it may continue.
func (b *Bridge) Run(ctx context.Context) error {
	if b.Client == nil {
		b.Client = http.DefaultClient
	}
	var failed error
	messages := make(chan message)
	go func() {
		defer close(messages)
		lines := bufio.NewScanner(b.In)
		lines.Buffer(make([]byte, 0, 64<<10), maxMessage)
		for lines.Scan() {
			line := bytes.TrimSpace(lines.Bytes())
			if len(line) == 0 {
				continue
			}
			select {
			case messages <- read(bytes.Clone(line)):
			case <-ctx.Done():
				return
			}
		}
		failed = lines.Err()
	}()
	var waiting sync.WaitGroup
	defer waiting.Wait()
	turns := make(chan struct{}, atOnce)
	for {
		select {
		case <-ctx.Done():
			return nil
		case m, more := <-messages:
			switch {
			case !more && failed != nil:
				return fmt.Errorf("read the client's messages: %w", failed)
			case !more:
				return nil
			case m.isNotification(): // in order: later messages may rely on what it says
				b.pass(ctx, m)
				continue
			}
			turns <- struct{}{}
			waiting.Go(func() {
				defer func() { <-turns }()
				b.pass(ctx, m)
			})
		}
	}
}

// message is a message of the client, with what is needed to send it to the server.
type message struct {
	raw    []byte
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Params struct {
		Name string `json:"name"`
		Meta struct {
			Protocol string `json:"io.modelcontextprotocol/protocolVersion"`
		} `json:"_meta"`
	} `json:"params"`
}

func read(raw []byte) message {
	var m message
	_ = json.Unmarshal(raw, &m) // the server refuses what cannot be read, and says why
	m.raw = raw
	return m
}

func (m message) isNotification() bool { return len(m.ID) == 0 && m.Method != "" }

// pass sends a message and writes the answer.
func (b *Bridge) pass(ctx context.Context, m message) {
	answer, err := b.send(ctx, m)
	b.writing.Lock()
	defer b.writing.Unlock()
	if err != nil {
		if m.isNotification() {
			return // nobody waits for an answer
		}
		answer = failure(m, err)
	}
	if len(answer) == 0 {
		return
	}
	if m.Method == "initialize" {
		var agreed struct {
			Result struct{ ProtocolVersion string }
		}
		if json.Unmarshal(answer, &agreed) == nil {
			b.protocol = agreed.Result.ProtocolVersion
		}
	}
	_, _ = b.Out.Write(append(answer, '\n')) // a client that is gone closes In, too
}

// failure is the answer in place of a server that gave none.
func failure(m message, err error) []byte {
	id := m.ID
	if len(id) == 0 {
		id = json.RawMessage("null")
	}
	const internalError = -32603
	answer, _ := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": id, "error": map[string]any{"code": internalError, "message": err.Error()}})
	return answer
}

// send returns the server's answer on one line, nil where a message has none.
func (b *Bridge) send(ctx context.Context, m message) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, b.Address, bytes.NewReader(m.raw))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json, text/event-stream")
	if b.Token != "" {
		r.Header.Set("Authorization", "Bearer "+b.Token)
	}
	b.writing.Lock()
	protocol := b.protocol
	b.writing.Unlock()
	if m.Params.Meta.Protocol != "" {
		protocol = m.Params.Meta.Protocol
	}
	if protocol != "" && m.Method != "initialize" {
		r.Header.Set("Mcp-Protocol-Version", protocol)
	}
	if m.Method != "" { // later versions of the protocol ask for both
		r.Header.Set("Mcp-Method", m.Method)
	}
	if m.Params.Name != "" {
		r.Header.Set("Mcp-Name", m.Params.Name)
	}
	response, err := b.Client.Do(r)
	if err != nil {
		return nil, fmt.Errorf("no server answers at %s: start Playhead, or name the address of one that runs (%w)", b.Address, unwrapped(err))
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("the answer of %s broke off: %w", b.Address, err)
	}
	switch {
	case response.StatusCode == http.StatusUnauthorized:
		return nil, fmt.Errorf("the server at %s asks for a read token: set PLAYHEAD_MCP_TOKEN to one of its setting read_tokens", b.Address)
	case response.StatusCode >= 300 && !json.Valid(body):
		return nil, fmt.Errorf("the server at %s answered %s: %s", b.Address, response.Status, strings.TrimSpace(string(body[:min(len(body), 500)])))
	case response.StatusCode >= 300:
		return ofProblem(b.Address, response.Status, body)
	case len(bytes.TrimSpace(body)) == 0:
		return nil, nil
	}
	var line bytes.Buffer
	if err := json.Compact(&line, body); err != nil {
		return nil, fmt.Errorf("%s does not answer as an MCP server: is it the address of Playhead? (%w)", b.Address, err)
	}
	return line.Bytes(), nil
}

// ofProblem makes an error of the server's answer to a request that failed, or passes on an answer that is an error already.
func ofProblem(address, status string, body []byte) ([]byte, error) {
	var said struct {
		JSONRPC string
		Detail  string
	}
	if json.Unmarshal(body, &said) == nil && said.JSONRPC != "" {
		var line bytes.Buffer
		err := json.Compact(&line, body)
		return line.Bytes(), err
	}
	if said.Detail == "" {
		said.Detail = status
	}
	return nil, fmt.Errorf("the server at %s: %s", address, said.Detail)
}

// unwrapped is an error of the HTTP client without the address, which is said already.
func unwrapped(err error) error {
	if inner := errors.Unwrap(err); inner != nil {
		return inner
	}
	return err
}
