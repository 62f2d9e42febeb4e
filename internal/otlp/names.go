package otlp

import "strings"

// meaning is what an attribute says, whatever its dialect calls it.
type meaning uint8

const (
	mNone meaning = iota
	mOperation
	mModel
	mProvider
	mSettings // an object of a call's parameters
	mAgent
	mTool
	mPromptName
	mPromptVersion
	mEnv
	mRelease

	mInputTokens
	mOutputTokens
	mTotalTokens
	mCacheRead
	mCacheWrite
	mReasoning
	mInputAudio
	mOutputAudio
	mUsage // an object of counts, see usageNames
	mTier
	mCost  // in dollars
	mCosts // an object of costs in dollars

	mFirstTokenS  // seconds since the start
	mFirstTokenMS // milliseconds since the start
	mFirstTokenAt // an instant
	mStopReason
	mErrorType
	mErrorText
	mLevel // ERROR is an error
	mHTTPStatus

	mSession // the browser's
	mWindow
	mPerson
	mConversation
	mEitherSession // the browser's session or a conversation, see settle
	mEmail
	mFullName
	mURL
	mMetadata // an object, whose members are read like carried attributes

	// What was said. Numbered attributes have names that end with a dot.
	mInput
	mOutput
	mTools
	mSystem // instructions that belong before the input
	// The parts of an answer that is sent as several attributes.
	mAnswerText
	mAnswerThinking
	mAnswerCalls
	mAnswerObject

	meanings
)

// named are the attributes with a meaning. Of several with one meaning, the first that a span has counts: names of the current convention come before
// those of instrumentations, and these before older names.
var named = []struct {
	of    meaning
	names string // separated by spaces
}{
	{mOperation, `mastra.span.type gen_ai.operation.name langfuse.observation.type openinference.span.kind ai.operationId operation.name llm.request.type
		traceloop.span.kind mlflow.spanType langsmith.span.kind gen_ai.operation.type sentry.op`},
	{mModel, `gen_ai.response.model gen_ai.request.model langfuse.observation.model.name llm.response.model_name llm.model_name
		llm.request.model_name embedding.model_name ai.response.model ai.model.id mlflow.llm.model reranker.model_name`},
	{mProvider, `gen_ai.provider.name gen_ai.system llm.provider ai.model.provider llm.system mlflow.llm.provider`},
	{mSettings, `llm.invocation_parameters langfuse.observation.model.parameters`},
	{mAgent, `gen_ai.agent.name agent.name agent_name gen_ai.workflow.name gen_ai.pipeline.name traceloop.workflow.name`},
	{mTool, `gen_ai.tool.name tool.name ai.toolCall.name`},
	{mPromptName, `gen_ai.prompt.name langfuse.observation.prompt.name traceloop.prompt.key`},
	{mPromptVersion, `gen_ai.prompt.version langfuse.observation.prompt.version llm.prompt_template.version traceloop.prompt.version`},
	{mEnv, `deployment.environment.name deployment.environment langfuse.environment sentry.environment`},
	{mRelease, `langfuse.release sentry.release service.version`},

	{mInputTokens, `gen_ai.usage.input_tokens gen_ai.usage.prompt_tokens llm.token_count.prompt ai.usage.inputTokens ai.usage.promptTokens
		ai.usage.tokens`},
	{mOutputTokens, `gen_ai.usage.output_tokens gen_ai.usage.completion_tokens llm.token_count.completion ai.usage.outputTokens ai.usage.completionTokens`},
	{mTotalTokens, `gen_ai.usage.total_tokens llm.usage.total_tokens llm.token_count.total ai.usage.totalTokens`},
	{mCacheRead, `gen_ai.usage.cache_read.input_tokens gen_ai.usage.cache_read_input_tokens gen_ai.usage.input_tokens.cached
		gen_ai.usage.details.cache_read_tokens llm.token_count.prompt_details.cache_read ai.usage.inputTokenDetails.cacheReadTokens ai.usage.cachedInputTokens
		gen_ai.usage.cached_input_tokens`},
	{mCacheWrite, `gen_ai.usage.cache_write.input_tokens gen_ai.usage.cache_creation.input_tokens gen_ai.usage.cache_creation_input_tokens
		gen_ai.usage.cache_write_input_tokens gen_ai.usage.input_tokens.cache_write gen_ai.usage.details.cache_write_tokens
		llm.token_count.prompt_details.cache_write ai.usage.inputTokenDetails.cacheWriteTokens`},
	{mReasoning, `gen_ai.usage.reasoning.output_tokens gen_ai.usage.reasoning_tokens gen_ai.usage.output_tokens.reasoning
		gen_ai.usage.details.reasoning_tokens llm.token_count.completion_details.reasoning ai.usage.outputTokenDetails.reasoningTokens ai.usage.reasoningTokens`},
	{mInputAudio, `gen_ai.usage.details.input_audio_tokens llm.token_count.prompt_details.audio`},
	{mOutputAudio, `gen_ai.usage.details.output_audio_tokens llm.token_count.completion_details.audio`},
	{mUsage, `langfuse.observation.usage_details mlflow.chat.tokenUsage langsmith.usage_metadata langsmith.metadata.usage_metadata`},
	{mTier, `gen_ai.response.service_tier openai.response.service_tier gen_ai.openai.response.service_tier gen_ai.request.service_tier
		openai.request.service_tier gen_ai.openai.request.service_tier`},
	{mCost, `gen_ai.usage.cost gen_ai.cost.total_tokens llm.cost.total operation.cost`},
	{mCosts, `langfuse.observation.cost_details mlflow.llm.cost`},

	{mFirstTokenS, `gen_ai.response.time_to_first_chunk gen_ai.client.inference.time_to_first_chunk gen_ai.client.operation.time_to_first_chunk
		gen_ai.server.time_to_first_token gen_ai.response.time_to_first_token`},
	{mFirstTokenMS, `ai.response.msToFirstChunk`},
	{mFirstTokenAt, `langfuse.observation.completion_start_time gen_ai.completion_start_time mastra.completion_start_time`},
	{mStopReason, `gen_ai.response.finish_reasons gen_ai.response.finish_reason llm.finish_reason llm.response.finish_reason llm.response.stop_reason ai.response.finishReason`},
	{mErrorType, `error.type exception.type`},
	{mErrorText, `langfuse.observation.status_message error.message exception.message`},
	{mLevel, `langfuse.observation.level`},
	{mHTTPStatus, `http.response.status_code http.status_code`},

	{mSession, `$session_id posthog.session_id posthog.$session_id http.request.header.x-posthog-session-id http.request.header.x_posthog_session_id`},
	{mWindow, `$window_id posthog.window_id http.request.header.x-posthog-window-id http.request.header.x_posthog_window_id`},
	{mPerson, `posthog.distinct_id $distinct_id http.request.header.x-posthog-distinct-id http.request.header.x_posthog_distinct_id
		langfuse.user.id langfuse.trace.user_id user.id enduser.id mlflow.trace.user`},
	{mConversation, `gen_ai.conversation.id langfuse.session.id langfuse.trace.session_id langsmith.trace.session_id mlflow.trace.session gcp.vertex.agent.session_id`},
	{mEitherSession, `session.id`},
	{mEmail, `user.email`},
	{mFullName, `user.full_name user.name`},
	{mURL, `url.full http.url`},
	{mMetadata, `metadata langfuse.trace.metadata langfuse.observation.metadata langsmith.metadata mlflow.trace.metadata`},

	{mInput, `gen_ai.input.messages gen_ai.prompt. llm.input_messages. ai.prompt.messages langfuse.observation.input pydantic_ai.all_messages
		all_messages_events gen_ai.request.messages gcp.vertex.agent.llm_request gen_ai.tool.call.arguments gen_ai.tool.input ai.toolCall.args ai.toolCall.input
		gcp.vertex.agent.tool_call_args tool_arguments input.value mlflow.spanInputs traceloop.entity.input ai.prompt ai.values ai.value gen_ai.embeddings.input
		gen_ai.retrieval.query.text embedding.embeddings. tool.parameters gen_ai.prompt lk.user_transcript lk.chat_ctx langfuse.trace.input mastra.input mastra.model_step.input`},
	{mOutput, `gen_ai.output.messages gen_ai.completion. llm.output_messages. langfuse.observation.output gcp.vertex.agent.llm_response
		gen_ai.tool.call.result gen_ai.tool.output ai.toolCall.result ai.toolCall.output gcp.vertex.agent.tool_response tool_response output.value
		mlflow.spanOutputs traceloop.entity.output gen_ai.retrieval.documents retrieval.documents. gen_ai.completion final_result lk.response.text
		lk.function_tool.output langfuse.trace.output mastra.output mastra.model_step.output`},
	{mTools, `gen_ai.tool.definitions llm.request.functions. llm.tools. ai.prompt.tools gen_ai.request.available_tools mlflow.chat.tools`},
	{mSystem, `gen_ai.system_instructions gen_ai.system.instructions`},
	{mAnswerText, `ai.response.text gen_ai.response.text`},
	{mAnswerThinking, `ai.response.reasoning gen_ai.response.reasoning`},
	{mAnswerCalls, `ai.response.toolCalls gen_ai.response.tool_calls`},
	{mAnswerObject, `ai.response.object`},
}

// carriers are prefixes of attributes in which programs put data of their own: metadata, baggage, settings of a call. The rest of the name is looked up
// in carried.
var carriers = []string{
	"ai.telemetry.metadata.", "ai.settings.context.", "ai.settings.runtimeContext.", "traceloop.association.properties.", "langfuse.trace.metadata.",
	"langfuse.observation.metadata.", "langsmith.metadata.", "mastra.metadata.", "baggage.", "gen_ai.metadata.", "metadata.",
}

// carried are the names under which programs carry ids. They count less than the attributes in named.
var carried = map[string]meaning{
	"$session_id": mSession, "posthog_session_id": mSession, "$posthog_session_id": mSession, "posthog_$session_id": mSession, "posthogSessionId": mSession,
	"$window_id": mWindow, "posthog_window_id": mWindow, "posthogWindowId": mWindow,
	"distinct_id": mPerson, "$distinct_id": mPerson, "posthog_distinct_id": mPerson, "posthogDistinctId": mPerson, "user_id": mPerson, "userId": mPerson, "user.id": mPerson,
	"session_id": mEitherSession, "sessionId": mEitherSession, "session.id": mEitherSession, "thread_id": mConversation, "threadId": mConversation,
	"conversation_id": mConversation, "conversationId": mConversation, "chat_id": mConversation, "chatId": mConversation, "$ai_session_id": mConversation,
	"environment": mEnv, "release": mRelease,
}

// usageNames are the members of objects of counts.
var usageNames = map[string]meaning{
	"input": mInputTokens, "input_tokens": mInputTokens, "prompt_tokens": mInputTokens, "promptTokenCount": mInputTokens, "prompt_token_count": mInputTokens,
	"output": mOutputTokens, "output_tokens": mOutputTokens, "completion_tokens": mOutputTokens, "candidatesTokenCount": mOutputTokens, "candidates_token_count": mOutputTokens,
	"total": mTotalTokens, "total_tokens": mTotalTokens, "totalTokenCount": mTotalTokens, "total_token_count": mTotalTokens,
	"input_cached_tokens": mCacheRead, "cache_read_input_tokens": mCacheRead, "input_cache_read": mCacheRead, "cached_content_token_count": mCacheRead, "cachedContentTokenCount": mCacheRead,
	"input_cached": mCacheRead, "cached_tokens": mCacheRead, "cache_read": mCacheRead, "cache_read_tokens": mCacheRead,
	"cache_creation_input_tokens": mCacheWrite, "input_cache_creation": mCacheWrite, "cache_write_input_tokens": mCacheWrite, "cache_creation": mCacheWrite, "cache_write_tokens": mCacheWrite,
	"output_reasoning_tokens": mReasoning, "reasoning_tokens": mReasoning, "thoughts_token_count": mReasoning, "thoughtsTokenCount": mReasoning, "output_reasoning": mReasoning, "reasoning": mReasoning,
	"input_audio_tokens": mInputAudio, "output_audio_tokens": mOutputAudio,
}

// said is the meaning of a name, and how many names with the meaning come before it.
type said struct {
	of   meaning
	rank uint8
}

const (
	carriedRank = 100
	// unsaid is the rank of a meaning that no attribute has.
	unsaid = 255
)

var (
	meaningOf = map[string]said{}
	// numbered are the names that end with a dot.
	numbered []struct {
		prefix string
		said
	}
)

func init() {
	for _, row := range named {
		for rank, name := range strings.Fields(row.names) {
			s := said{row.of, uint8(rank)}
			if strings.HasSuffix(name, ".") {
				numbered = append(numbered, struct {
					prefix string
					said
				}{name, s})
				continue
			}
			if _, twice := meaningOf[name]; twice || rank >= carriedRank {
				panic("otlp: the name " + name + " has two meanings") // the table is constant
			}
			meaningOf[name] = s
		}
	}
}

// lookUp returns the meaning of an attribute. group is the index of its prefix in numbered, and rest its name after that; group is -1 for all others.
func lookUp(name string) (s said, group int, rest string) {
	if s, known := meaningOf[name]; known {
		return s, -1, ""
	}
	for i := range numbered {
		if rest, is := strings.CutPrefix(name, numbered[i].prefix); is && rest != "" && rest[0] >= '0' && rest[0] <= '9' {
			return numbered[i].said, i, rest
		}
	}
	for _, carrier := range carriers {
		if rest, is := strings.CutPrefix(name, carrier); is {
			if of, known := carried[rest]; known {
				return said{of, carriedRank}, -1, ""
			}
			break
		}
	}
	return said{}, -1, ""
}
