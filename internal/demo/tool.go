package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// toolDefinition describes a tool to a model, in the shape of OpenAI's chat completions.
type toolDefinition struct {
	Type     string             `json:"type"`
	Function functionDefinition `json:"function"`
}

type functionDefinition struct {
	Name        string          `json:"name"`
	Description string          `json:"description"`
	Parameters  json.RawMessage `json:"parameters"`
}

const lookUpOrder = "look_up_order"

var shopTools = []toolDefinition{{Type: "function", Function: functionDefinition{
	Name:        lookUpOrder,
	Description: "Looks an order up by its number and tells where it is.",
	Parameters:  json.RawMessage(`{"type":"object","properties":{"order":{"type":"string"}},"required":["order"]}`),
}}}

// order is an order in the made-up order system.
type order struct {
	Order   string   `json:"order"`
	Items   []string `json:"items"`
	State   string   `json:"state"`
	Carrier string   `json:"carrier"`
	Arrives string   `json:"arrives"`
}

// runTool runs a tool for a model. The order system is slow on purpose, so that the trace contains a wait.
func runTool(ctx context.Context, call functionCall) (string, error) {
	if call.Name != lookUpOrder {
		return "", fmt.Errorf("no tool is called %q", call.Name)
	}
	var ask struct {
		Order string `json:"order"`
	}
	if err := json.Unmarshal([]byte(call.Arguments), &ask); err != nil {
		return "", fmt.Errorf("arguments of %s: %w", call.Name, err)
	}
	if err := wait(ctx, 900*time.Millisecond); err != nil {
		return "", err
	}
	found, err := json.Marshal(order{
		Order: ask.Order, Items: []string{"Two-person tent", "Titanium mug"},
		State: "on its way", Carrier: "Parcel post", Arrives: "Thursday",
	})
	return string(found), err
}

// wait waits for d, or fails with ctx's error if ctx ends first.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
