"""Scripted answers of providers other than OpenAI, by the name of the model asked for, in the shapes of their own APIs."""

TEXT = "It is 21 °C in Zürich."
THOUGHT = "The tool says 21 degrees."
SOURCE = "https://example.com/weather"


def has_result(value, marks):
    """Whether a request holds the result of a tool, by the names that a provider gives it."""
    if isinstance(value, dict):
        return any(k in marks or v in marks for k, v in value.items() if isinstance(v, (str, dict, list))) or any(
            has_result(v, marks) for v in value.values()
        )
    return isinstance(value, list) and any(has_result(v, marks) for v in value)


class Marks(set):
    def __contains__(self, x):
        return isinstance(x, str) and set.__contains__(self, x)


def anthropic(model, request):
    content = [{"type": "text", "text": TEXT}]
    stop = "end_turn"
    usage = {
        "input_tokens": 40, "output_tokens": 12, "cache_creation_input_tokens": 100, "cache_read_input_tokens": 2000,
        "cache_creation": {"ephemeral_5m_input_tokens": 60, "ephemeral_1h_input_tokens": 40}, "service_tier": "standard",
    }
    if "think" in model:
        content = [
            {"type": "thinking", "thinking": THOUGHT, "signature": "EqQBCkgIARAB"},
            {"type": "redacted_thinking", "data": "EmwKAhgBEgy3va3pzix"},
            *content,
        ]
    if "search" in model:
        result = {"type": "web_search_result", "url": SOURCE, "title": "Weather", "encrypted_content": "EqgfCioIARgBIiQ3", "page_age": "1 day"}
        citation = {"type": "web_search_result_location", "url": SOURCE, "title": "Weather", "encrypted_index": "Eo8BCioIAhgBIiQyYjQ0", "cited_text": "21 °C"}
        content = [
            {"type": "text", "text": "I look it up."},
            {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "weather zurich"}},
            {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": [result]},
            {"type": "text", "text": TEXT, "citations": [citation]},
        ]
        usage["server_tool_use"] = {"web_search_requests": 1}
    if "tools" in model and not has_result(request, Marks({"tool_result"})):
        content = [
            {"type": "text", "text": "I ask the weather station."},
            {"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {"city": "Zürich"}},
        ]
        stop = "tool_use"
    return {
        "id": "msg_1", "type": "message", "role": "assistant", "model": model, "content": content, "stop_reason": stop,
        "stop_sequence": None, "usage": usage,
    }


def anthropic_events(model, request):
    whole = anthropic(model, request)
    yield {"type": "message_start", "message": dict(whole, content=[], stop_reason=None)}
    for i, block in enumerate(whole["content"]):
        at = {"index": i}
        kind = block["type"]
        if kind == "text":
            yield {"type": "content_block_start", "content_block": {"type": "text", "text": ""}, **at}
            for c in block.get("citations", []):
                yield {"type": "content_block_delta", "delta": {"type": "citations_delta", "citation": c}, **at}
            yield {"type": "content_block_delta", "delta": {"type": "text_delta", "text": block["text"]}, **at}
        elif kind == "thinking":
            yield {"type": "content_block_start", "content_block": {"type": "thinking", "thinking": "", "signature": ""}, **at}
            yield {"type": "content_block_delta", "delta": {"type": "thinking_delta", "thinking": block["thinking"]}, **at}
            yield {"type": "content_block_delta", "delta": {"type": "signature_delta", "signature": block["signature"]}, **at}
        elif kind in ("tool_use", "server_tool_use"):
            import json

            yield {"type": "content_block_start", "content_block": dict(block, input={}), **at}
            yield {"type": "content_block_delta", "delta": {"type": "input_json_delta", "partial_json": json.dumps(block["input"], ensure_ascii=False)}, **at}
        else:
            yield {"type": "content_block_start", "content_block": block, **at}
        yield {"type": "content_block_stop", **at}
    yield {"type": "message_delta", "delta": {"stop_reason": whole["stop_reason"], "stop_sequence": None}, "usage": whole["usage"]}
    yield {"type": "message_stop"}


def gemini(model, request):
    parts = [{"text": TEXT}]
    usage = {
        "promptTokenCount": 30, "candidatesTokenCount": 8, "thoughtsTokenCount": 25, "totalTokenCount": 63,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 30}],
    }
    extra = {}
    if "think" in model:
        parts = [{"text": THOUGHT, "thought": True}, {"text": TEXT, "thoughtSignature": "CpQBAb4="}]
    if "code" in model:
        parts = [
            {"text": "I compute it."},
            {"executableCode": {"language": "PYTHON", "code": "print(6*7)", "id": "code_1"}},
            {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "42\n", "id": "code_1"}},
            {"text": "It is 42."},
        ]
    if "search" in model:
        extra["groundingMetadata"] = {
            "webSearchQueries": ["weather zurich"],
            "groundingChunks": [{"web": {"uri": SOURCE, "title": "example.com"}}],
            "groundingSupports": [{"segment": {"startIndex": 0, "endIndex": 22, "text": TEXT}, "groundingChunkIndices": [0]}],
        }
    if "json" in model:
        parts = [{"text": '{"city": "Zürich", "degrees": 21}'}]
    if "tools" in model and not has_result(request, Marks({"functionResponse", "function_response"})):
        parts = [{"functionCall": {"name": "get_weather", "args": {"city": "Zürich"}, "id": "fc_1"}, "thoughtSignature": "CpQBAb4="}]
    candidate = {"content": {"role": "model", "parts": parts}, "finishReason": "STOP", "index": 0, **extra}
    return {"candidates": [candidate], "usageMetadata": usage, "modelVersion": model, "responseId": "r_1"}


def gemini_chunks(model, request):
    whole = gemini(model, request)
    candidate = whole["candidates"][0]
    parts = candidate["content"]["parts"]
    for i, part in enumerate(parts):
        last = i == len(parts) - 1
        one = dict(candidate, content={"role": "model", "parts": [part]})
        if not last:
            one.pop("finishReason")
            one.pop("groundingMetadata", None)
        yield dict(whole, candidates=[one])


def bedrock(model, request):
    content, stop = [{"text": TEXT}], "end_turn"
    if "think" in model:
        content = [{"reasoningContent": {"reasoningText": {"text": THOUGHT, "signature": "EqQB"}}}, *content]
    if "tools" in model and not has_result(request, Marks({"toolResult"})):
        content, stop = [{"text": "I ask."}, {"toolUse": {"toolUseId": "tooluse_1", "name": "get_weather", "input": {"city": "Zürich"}}}], "tool_use"
    usage = {"inputTokens": 50, "outputTokens": 9, "totalTokens": 2059, "cacheReadInputTokens": 2000, "cacheWriteInputTokens": 0}
    return {"output": {"message": {"role": "assistant", "content": content}}, "stopReason": stop, "usage": usage, "metrics": {"latencyMs": 300}}


def cohere(model, request):
    message = {"role": "assistant", "content": [{"type": "text", "text": TEXT}]}
    finish = "COMPLETE"
    if "cite" in model:
        source = {"type": "document", "id": "doc_1", "document": {"id": "doc_1", "text": "Zürich: 21 °C", "title": "Weather"}}
        message["citations"] = [{"start": 6, "end": 11, "text": "21 °C", "sources": [source], "type": "TEXT_CONTENT"}]
    if "think" in model:
        message["content"].insert(0, {"type": "thinking", "thinking": THOUGHT})
    if "tools" in model and not has_result(request, Marks({"tool"})):
        call = {"id": "get_weather_1", "type": "function", "function": {"name": "get_weather", "arguments": '{"city":"Zürich"}'}}
        message = {"role": "assistant", "tool_plan": "I will ask the weather station.", "tool_calls": [call]}
        finish = "TOOL_CALL"
    usage = {"billed_units": {"input_tokens": 20, "output_tokens": 8}, "tokens": {"input_tokens": 90, "output_tokens": 10}}
    return {"id": "c_1", "finish_reason": finish, "message": message, "usage": usage}


def ollama(model, request):
    message = {"role": "assistant", "content": TEXT}
    if "think" in model:
        message["thinking"] = THOUGHT
    if "tools" in model and not has_result(request, Marks({"tool"})):
        message = {"role": "assistant", "content": "", "tool_calls": [{"function": {"name": "get_weather", "arguments": {"city": "Zürich"}}}]}
    return {
        "model": model, "created_at": "2026-11-26T10:00:00.000000Z", "message": message, "done": True, "done_reason": "stop",
        "total_duration": 900000000, "load_duration": 1000000, "prompt_eval_count": 26, "prompt_eval_duration": 300000000, "eval_count": 8, "eval_duration": 500000000,
    }


def mistral(model, request):
    message = {"role": "assistant", "content": TEXT, "tool_calls": None, "prefix": False}
    finish = "stop"
    if "think" in model:
        thinking = {"type": "thinking", "thinking": [{"type": "text", "text": THOUGHT}], "closed": True}
        message["content"] = [thinking, {"type": "text", "text": TEXT}]
    if "cite" in model:
        message["content"] = [{"type": "text", "text": TEXT}, {"type": "reference", "reference_ids": [0, 1]}]
    if "tools" in model and not has_result(request, Marks({"tool"})):
        call = {"id": "D681PevKs", "type": "function", "function": {"name": "get_weather", "arguments": '{"city":"Zürich"}'}, "index": 0}
        message, finish = {"role": "assistant", "content": "", "tool_calls": [call], "prefix": False}, "tool_calls"
    usage = {"prompt_tokens": 14, "completion_tokens": 9, "total_tokens": 23, "prompt_tokens_details": {"cached_tokens": 4}}
    return {
        "id": "m_1", "object": "chat.completion", "created": 1795418803, "model": model,
        "choices": [{"index": 0, "message": message, "finish_reason": finish}], "usage": usage,
    }
