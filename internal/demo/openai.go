package demo

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"
)

// openAI calls a real model: POST {base}/chat/completions with stream, answered as server-sent events. It offers no tools,
// since many servers that speak this protocol refuse them.
type openAI struct {
	base, key, name string
	http            *http.Client
}

func (m *openAI) about() modelInfo {
	return modelInfo{Name: m.name, Provider: "openai", BaseURL: m.base}
}

// chatChunk is one event of a streamed chat completion.
type chatChunk struct {
	ID      string `json:"id"`
	Model   string `json:"model"`
	Choices []struct {
		Delta        struct{ Content string } `json:"delta"`
		FinishReason string                   `json:"finish_reason"`
	} `json:"choices"`
	Usage *usage      `json:"usage"`
	Error *chatFailed `json:"error"`
}

type chatFailed struct {
	Message string `json:"message"`
}

func (m *openAI) stream(ctx context.Context, conversation []message, onText func(string)) (completion, error) {
	began := time.Now()
	c := completion{Model: m.name}
	body, err := json.Marshal(map[string]any{
		"model": m.name, "messages": conversation, "stream": true,
		"stream_options": map[string]bool{"include_usage": true},
	})
	if err != nil {
		return c, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, m.base+"/chat/completions", bytes.NewReader(body))
	if err != nil {
		return c, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "text/event-stream")
	if m.key != "" {
		request.Header.Set("Authorization", "Bearer "+m.key)
	}
	answer, err := m.http.Do(request)
	if err != nil {
		return c, fmt.Errorf("calling the model: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return c, refusal(answer)
	}
	if kind, _, _ := mime.ParseMediaType(answer.Header.Get("Content-Type")); kind != "text/event-stream" {
		return c, fmt.Errorf("calling the model: %s answered %q instead of a stream", m.base, kind)
	}

	var said strings.Builder
	err = eachEvent(answer.Body, func(data []byte) error {
		var chunk chatChunk
		if err := json.Unmarshal(data, &chunk); err != nil {
			return fmt.Errorf("reading the model's answer: %w", err)
		}
		if chunk.Error != nil {
			return &modelError{http.StatusInternalServerError, chunk.Error.Message}
		}
		if chunk.ID != "" {
			c.ID = chunk.ID
		}
		if chunk.Model != "" {
			c.Model = chunk.Model
		}
		if chunk.Usage != nil {
			c.Usage = chunk.Usage
		}
		for _, choice := range chunk.Choices {
			if choice.FinishReason != "" {
				c.StopReason = choice.FinishReason
			}
			if choice.Delta.Content == "" {
				continue
			}
			if c.FirstToken == 0 {
				c.FirstToken = time.Since(began)
			}
			said.WriteString(choice.Delta.Content)
			onText(choice.Delta.Content)
		}
		return nil
	})
	c.Text = said.String()
	if err == nil && c.StopReason == "" {
		err = fmt.Errorf("reading the model's answer: %w", io.ErrUnexpectedEOF)
	}
	return c, err
}

// refusal reads an error answer, in OpenAI's shape or any other.
func refusal(answer *http.Response) error {
	const most = 8 << 10
	text, err := io.ReadAll(io.LimitReader(answer.Body, most))
	if err != nil {
		return fmt.Errorf("reading the model's refusal: %w", err)
	}
	var failed struct {
		Error chatFailed `json:"error"`
	}
	if json.Unmarshal(text, &failed) == nil && failed.Error.Message != "" {
		return &modelError{answer.StatusCode, failed.Error.Message}
	}
	return &modelError{answer.StatusCode, strings.TrimSpace(string(text))}
}

// eachEvent hands over the data of each server-sent event until the stream ends, with or without [DONE].
func eachEvent(stream io.Reader, each func(data []byte) error) error {
	const longest = 1 << 20
	lines := bufio.NewScanner(stream)
	lines.Buffer(nil, longest)
	for lines.Scan() {
		data, found := bytes.CutPrefix(lines.Bytes(), []byte("data:"))
		if !found {
			continue
		}
		data = bytes.TrimSpace(data)
		if string(data) == "[DONE]" {
			return nil
		}
		if err := each(data); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		if errors.Is(err, bufio.ErrTooLong) {
			return fmt.Errorf("reading the model's answer: an event of more than %d bytes", longest)
		}
		return fmt.Errorf("reading the model's answer: %w", err)
	}
	return nil
}
