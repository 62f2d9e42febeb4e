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

// toolCall is a model asking for a tool to be run.
type toolCall struct {
	ID       string       `json:"id"`
	Type     string       `json:"type"` // always "function"
	Function functionCall `json:"function"`
}

type functionCall struct {
	Name      string `json:"name"`
	Arguments string `json:"arguments"` // a JSON object, as text
}

// completion is what a model call gave. After an error it holds what had arrived until then.
type completion struct {
	ID         string
	Model      string
	Text       string
	ToolCalls  []toolCall
	StopReason string
	Usage      *usage        // nil when the model does not say
	FirstToken time.Duration // since the call began; zero when no text came
}

// usage counts tokens under OpenAI's names, so that it can be passed on as it is.
type usage struct {
	Prompt     int `json:"prompt_tokens"`
	Completion int `json:"completion_tokens"`
	Total      int `json:"total_tokens"`
}

// model answers a conversation, handing over the text piece by piece as it comes.
// A failed call's error is a *modelError when the provider answered at all.
type model interface {
	about() modelInfo
	stream(ctx context.Context, conversation []message, onText func(string)) (completion, error)
}

// modelInfo is what is known of a model before it is called.
type modelInfo struct {
	Name, Provider, BaseURL string
	// Tools are the definitions the model is given, as they go over the wire; nil when it gets none.
	Tools []toolDefinition
}

// modelError is a provider's refusal.
type modelError struct {
	Status  int // HTTP
	Message string
}

func (e *modelError) Error() string { return fmt.Sprintf("%d %s", e.Status, e.Message) }
