package demo

import (
	"context"
	"fmt"
	"time"
)

// message is one turn of a conversation in the shape of OpenAI's chat completions.
type message struct {
	Role       string     `json:"role"`
	Content    string     `json:"content"`
	ToolCalls  []toolCall `json:"tool_calls,omitempty"`
	ToolCallID string     `json:"tool_call_id,omitempty"`
}

// toolCall is a model's request to run a tool.
type toolCall struct {
	ID       string       `json:"id"`
	Type     string       `json:"type"` // always "function"
	Function functionCall `json:"function"`
}

type functionCall struct {
	Name      string `json:"name"`
	Arguments string `json:"arguments"` // a JSON object, as text
}

// completion is the result of a model call. After an error it holds what had arrived until then.
type completion struct {
	ID         string
	Model      string
	Text       string
	ToolCalls  []toolCall
	StopReason string
	Usage      *usage        // nil if the model does not report it
	FirstToken time.Duration // since the call began; zero if no text arrived
}

// usage counts tokens under OpenAI's names, so that it can be passed on unchanged.
type usage struct {
	Prompt     int `json:"prompt_tokens"`
	Completion int `json:"completion_tokens"`
	Total      int `json:"total_tokens"`
}

// model answers a conversation, and passes the text on piece by piece as it arrives. The error of a failed call is a *modelError if the provider
// answered at all.
type model interface {
	about() modelInfo
	stream(ctx context.Context, conversation []message, onText func(string)) (completion, error)
}

// modelInfo is what is known about a model before it is called.
type modelInfo struct {
	Name, Provider, BaseURL string
	// Tools are the tool definitions sent to the model; nil if there are none.
	Tools []toolDefinition
}

// modelError is an error answer of a provider.
type modelError struct {
	Status  int // HTTP
	Message string
}

func (e *modelError) Error() string { return fmt.Sprintf("%d %s", e.Status, e.Message) }
