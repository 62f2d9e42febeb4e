package otlp

import (
	"strings"

	"github.com/playheadhq/playhead/internal/model"
)

// role is what a span is to Playhead beside its kind.
type role uint8

const (
	plain role = iota
	toolRole
	agentRole
)

// operations are the values with which dialects say what a span is, in lower case. Spans around calls often repeat the calls' usage. They have the kind
// span here, whose usage is never added up.
var operations = map[string]struct {
	kind model.Kind
	role role
}{
	// OpenTelemetry, Pydantic AI, Logfire, Strands, ADK, Semantic Kernel, Agent Framework
	"chat": {kind: model.KindGeneration}, "generate_content": {kind: model.KindGeneration}, "text_completion": {kind: model.KindGeneration},
	"embeddings": {kind: model.KindEmbedding}, "execute_tool": {model.KindSpan, toolRole}, "invoke_agent": {model.KindSpan, agentRole},
	"create_agent": {model.KindSpan, agentRole}, "invoke_workflow": {kind: model.KindSpan}, "retrieval": {kind: model.KindSpan},
	"chat.completions": {kind: model.KindGeneration}, "chat.completion_streams": {kind: model.KindGeneration}, "call_llm": {kind: model.KindGeneration},
	// OpenLLMetry
	"completion": {kind: model.KindGeneration}, "embedding": {kind: model.KindEmbedding}, "rerank": {kind: model.KindSpan},
	"workflow": {kind: model.KindSpan}, "task": {kind: model.KindSpan}, "agent": {model.KindSpan, agentRole}, "tool": {model.KindSpan, toolRole},
	// OpenInference, Langfuse, LangSmith, MLflow
	"llm": {kind: model.KindGeneration}, "generation": {kind: model.KindGeneration}, "chat_model": {kind: model.KindGeneration},
	"chain": {kind: model.KindSpan}, "retriever": {kind: model.KindSpan}, "reranker": {kind: model.KindSpan}, "guardrail": {kind: model.KindSpan},
	"evaluator": {kind: model.KindSpan}, "prompt": {kind: model.KindSpan}, "span": {kind: model.KindSpan}, "event": {kind: model.KindSpan}, "parser": {kind: model.KindSpan},
	// Vercel AI SDK
	"ai.generatetext.dogenerate": {kind: model.KindGeneration}, "ai.streamtext.dostream": {kind: model.KindGeneration},
	"ai.generateobject.dogenerate": {kind: model.KindGeneration}, "ai.streamobject.dostream": {kind: model.KindGeneration},
	"ai.embed.doembed": {kind: model.KindEmbedding}, "ai.embedmany.doembed": {kind: model.KindEmbedding}, "ai.toolcall": {model.KindSpan, toolRole},
	// Sentry
	"gen_ai.chat": {kind: model.KindGeneration}, "gen_ai.responses": {kind: model.KindGeneration}, "responses": {kind: model.KindGeneration},
	"gen_ai.embeddings": {kind: model.KindEmbedding}, "gen_ai.execute_tool": {model.KindSpan, toolRole}, "gen_ai.invoke_agent": {model.KindSpan, agentRole}, "ai_client": {kind: model.KindGeneration},
	// Mastra
	"model_inference": {kind: model.KindGeneration}, "agent_step": {kind: model.KindSpan},
	"model_generation": {kind: model.KindGeneration}, "llm_generation": {kind: model.KindGeneration}, "model_step": {kind: model.KindSpan}, "model_chunk": {kind: model.KindSpan},
	"agent_run": {model.KindSpan, agentRole}, "tool_call": {model.KindSpan, toolRole}, "mcp_tool_call": {model.KindSpan, toolRole},
}

// kindOf is the kind and role that a span's operation names. A span that names no operation is a generation if it has a model and tokens or messages:
// older instrumentations did not name operations.
func (r *record) kindOf() (model.Kind, role) {
	// The value may be quoted, as MLflow's, and followed by the id of the function, as that of operation.name in the AI SDK.
	said := strings.ToLower(strings.Trim(r.text(mOperation, model.MaxName), `"`))
	said, _, _ = strings.Cut(said, " ")
	if said == "model_generation" && r.text(mModel, model.MaxName) == "" { // Mastra's span around the model_inference of each call
		return model.KindSpan, plain
	}
	if op, known := operations[said]; known {
		return op.kind, op.role
	}
	if said == "" && r.text(mModel, model.MaxName) != "" && (r.has(mInputTokens) || r.has(mOutputTokens) || r.has(mInput) || r.has(mOutput)) {
		return model.KindGeneration, plain
	}
	return model.KindSpan, plain
}
