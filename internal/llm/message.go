// Package llm turns what providers and their wrappers send into one message model. Pure functions over JSON; nothing
// here fails: what is not understood is kept as raw JSON in a part of type "json".
package llm

import "encoding/json"

// Message is one turn, whoever's shape it came in.
type Message struct {
	// Role is system, user, assistant, tool, developer, or what the sender wrote, lower-cased.
	Role string `json:"role" doc:"system, user, assistant, tool, or as the sender wrote it"`
	// Name is the author's or tool's name.
	Name string `json:"name,omitempty"`
	// ToolCallID names the call that a tool message answers.
	ToolCallID string `json:"tool_call_id,omitempty"`
	// Continued says that the message began on the page before; its parts follow those.
	Continued bool   `json:"continued,omitempty" doc:"it continues the last message of the page before"`
	Parts     []Part `json:"parts" nullable:"false"`
}

// PartType says which fields of a Part are set.
type PartType string

// Part types.
const (
	PartText       PartType = "text"        // Text
	PartThinking   PartType = "thinking"    // Text
	PartRefusal    PartType = "refusal"     // Text
	PartToolCall   PartType = "tool_call"   // ID, Name, Arguments
	PartToolResult PartType = "tool_result" // ID, Text or Raw
	PartImage      PartType = "image"       // Media
	PartAudio      PartType = "audio"       // Media, Text is the transcript
	PartFile       PartType = "file"        // Media
	PartSearch     PartType = "search"      // Text is the query, Sources what was found; ID
	PartCitations  PartType = "citations"   // Sources
	PartJSON       PartType = "json"        // Raw: not understood, shown as it is; Text where it is too long for one part
)

// Part is one piece of a message.
type Part struct {
	Type PartType `json:"type" enum:"text,thinking,refusal,tool_call,tool_result,image,audio,file,search,citations,json"`
	Text string   `json:"text,omitempty"`
	// Sources are what a text rests on, or a search found: at most 50.
	Sources []Source `json:"sources,omitempty" nullable:"false"`
	ID      string   `json:"id,omitempty" doc:"the tool call's id"`
	Name    string   `json:"name,omitempty" doc:"the tool's name"`
	// Arguments is the tool call's arguments: JSON when they are, otherwise a JSON string of what was sent.
	Arguments json.RawMessage `json:"arguments,omitempty"`
	Media     *Media          `json:"media,omitempty"`
	Raw       json.RawMessage `json:"raw,omitempty" doc:"the part as it was sent"`
	// Continued says that Text goes on with the text of the part before, the last one of the page before.
	Continued bool `json:"continued,omitempty" doc:"its text continues that of the last part of the page before"`
	// Redacted says that the provider encrypted what would be its text.
	Redacted bool `json:"redacted,omitempty" doc:"the provider keeps its text back"`
	// Failed says that a tool answered with an error.
	Failed bool `json:"failed,omitempty" doc:"the tool failed"`
}

// Media is an image, a sound or a file inside a message.
type Media struct {
	MIME string `json:"mime,omitempty"`
	// URL is a remote address, that the UI does not load by itself.
	URL string `json:"url,omitempty"`
	// Ref says where the data lie, for MediaAt, and Bytes about how many they are. They are never in the message itself.
	Ref   Ref `json:"-"`
	Bytes int `json:"bytes,omitempty" doc:"about how long the data are"`
	// Note stands instead of the data where the SDK redacted it: "[base64 image redacted]".
	Note string `json:"note,omitempty"`
	Name string `json:"name,omitempty"`
}
