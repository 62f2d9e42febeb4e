// Package llm converts what providers and their wrappers send to one message model. It consists of pure functions over JSON. Nothing here fails:
// unknown data are kept as raw JSON in a part of type "json".
package llm

import "encoding/json"

// Message is one turn, independent of the provider.
type Message struct {
	// Role is system, user, assistant, tool, developer, or what the sender wrote, in lower case.
	Role string `json:"role" doc:"system, user, assistant, tool, or as the sender wrote it"`
	// Name is the name of the author or the tool.
	Name string `json:"name,omitempty"`
	// ToolCallID is the id of the call that a tool message answers.
	ToolCallID string `json:"tool_call_id,omitempty"`
	// Continued means that the message began on the page before; its parts follow those.
	Continued bool   `json:"continued,omitempty" doc:"it continues the last message of the page before"`
	Parts     []Part `json:"parts" nullable:"false"`
}

// PartType determines which fields of a Part are set.
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
	// Sources are the sources of a text, or the results of a search: at most 50.
	Sources []Source `json:"sources,omitempty" nullable:"false"`
	ID      string   `json:"id,omitempty" doc:"the tool call's id"`
	Name    string   `json:"name,omitempty" doc:"the tool's name"`
	Server  string   `json:"server,omitempty" doc:"the MCP server of the tool"`
	// Arguments are the tool call's arguments: as JSON if they are JSON, otherwise as a JSON string of what was sent.
	Arguments json.RawMessage `json:"arguments,omitempty"`
	Media     *Media          `json:"media,omitempty"`
	Raw       json.RawMessage `json:"raw,omitempty" doc:"the part as it was sent"`
	// Continued means that Text continues the text of the last part of the page before.
	Continued bool `json:"continued,omitempty" doc:"its text continues that of the last part of the page before"`
	// Redacted means that the provider encrypted the text.
	Redacted bool `json:"redacted,omitempty" doc:"the provider keeps its text back"`
	// Failed means that a tool answered with an error.
	Failed bool `json:"failed,omitempty" doc:"the tool failed"`
}

// Media is an image, a sound or a file inside a message.
type Media struct {
	MIME string `json:"mime,omitempty"`
	// URL is a remote address. The UI does not load it by itself.
	URL string `json:"url,omitempty"`
	// Ref is the position of the data, for MediaAt, and Bytes their approximate length. The data are never in the message itself.
	Ref   Ref `json:"-"`
	Bytes int `json:"bytes,omitempty" doc:"about how long the data are"`
	// Note replaces data that the SDK redacted: "[base64 image redacted]".
	Note string `json:"note,omitempty"`
	Name string `json:"name,omitempty"`
}
