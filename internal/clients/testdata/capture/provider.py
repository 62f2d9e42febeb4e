"""A provider with a scripted conversation, which speaks the wire forms of OpenAI (chat completions and responses), Anthropic and Gemini, and beside it a Playhead
that writes down each request as it was sent: FOLDER/NUMBER.req.

What is answered depends on the last message alone: a question about today calls a tool, the tool's result is answered, a question about tomorrow is answered from a
cached prompt, a story comes so slowly that the client stops it, and "fail" is refused.
"""

import gzip
import json
import pathlib
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SUN, RAIN, STORY = "Tomorrow the sun shines.", "It rains in Oslo.", "Once upon a time there was a small cloud over a large town."
MODELS = {"gpt-4o": "gpt-4o-2024-08-06"}
KEPT = {"authorization", "content-encoding", "content-type", "user-agent"}
KEPT_BEGIN = ("x-posthog-", "x-langfuse-", "posthog-", "x-mlflow")


class Answer:
    """text or a call of the tool, and the usage: the whole prompt, of it cached, the answer."""

    def __init__(self, text, prompt, cached, answer, slow=False):
        self.text, self.prompt, self.cached, self.answer, self.slow = text, prompt, cached, answer, slow

    def pieces(self):
        return re.findall(r"\S+\s*", self.text or "")


def script(said, is_result):
    if is_result:
        return Answer(RAIN, 150, 64, 10)
    if "fail" in said:
        return None
    if "tomorrow" in said:
        return Answer(SUN, 200, 128, 8)
    if "story" in said:
        return Answer(STORY, 220, 128, 13, slow=True)
    return Answer(None, 100, 0, 20)


def text_of(content):
    return content if isinstance(content, str) else "".join(p.get("text") or "" for p in content or [] if isinstance(p, dict))


# ---- OpenAI's chat completions ----

CALL = {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": '{"city":"Oslo"}'}}


def chat_usage(a):
    return {
        "prompt_tokens": a.prompt, "completion_tokens": a.answer, "total_tokens": a.prompt + a.answer,
        "prompt_tokens_details": {"cached_tokens": a.cached, "audio_tokens": 0}, "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
    }


def chat(request, a):
    message = {"role": "assistant", "content": a.text, "refusal": None} | ({} if a.text else {"tool_calls": [CALL]})
    choice = {"index": 0, "message": message, "finish_reason": "stop" if a.text else "tool_calls", "logprobs": None}
    return {"id": "chatcmpl-1", "object": "chat.completion", "created": 1795418803, "model": model_of(request), "choices": [choice], "usage": chat_usage(a)}


def chat_events(request, a):
    base = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1795418803, "model": model_of(request)}
    chunk = lambda delta, finish=None: (None, base | {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})
    yield chunk({"role": "assistant", "content": "" if a.text else None})
    for piece in a.pieces():
        yield chunk({"content": piece})
    if not a.text:
        yield chunk({"tool_calls": [CALL | {"index": 0}]})
    yield chunk({}, "stop" if a.text else "tool_calls")
    if (request.get("stream_options") or {}).get("include_usage"):
        yield None, base | {"choices": [], "usage": chat_usage(a)}


# ---- OpenAI's responses ----


def response(request, a, done=True):
    text = {"type": "output_text", "annotations": [], "logprobs": [], "text": a.text}
    item = {"type": "message", "id": "msg_1", "status": "completed", "role": "assistant", "content": [text]}
    if not a.text:
        item = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "get_weather", "arguments": '{"city":"Oslo"}', "status": "completed"}
    usage = {
        "input_tokens": a.prompt, "input_tokens_details": {"cached_tokens": a.cached}, "output_tokens": a.answer,
        "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": a.prompt + a.answer,
    }
    return {
        "id": "resp_1", "object": "response", "created_at": 1795418803, "status": "completed" if done else "in_progress", "error": None, "incomplete_details": None,
        "instructions": request.get("instructions"), "model": model_of(request), "output": [item] if done else [], "parallel_tool_calls": True, "tool_choice": "auto",
        "tools": request.get("tools") or [], "usage": usage if done else None, "metadata": {}, "temperature": 1.0, "top_p": 1.0,
    }


def response_events(request, a):
    whole, number = response(request, a), -1

    def event(type, **fields):
        nonlocal number
        number += 1
        return type, {"type": type, "sequence_number": number, **fields}

    yield event("response.created", response=response(request, a, False))
    item = whole["output"][0]
    at = {"item_id": item["id"], "output_index": 0, "content_index": 0}
    yield event("response.output_item.added", output_index=0, item=item | {"status": "in_progress"} | ({"content": []} if a.text else {"arguments": ""}))
    if a.text:
        yield event("response.content_part.added", part=item["content"][0] | {"text": ""}, **at)
        for piece in a.pieces():
            yield event("response.output_text.delta", delta=piece, logprobs=[], **at)
        yield event("response.output_text.done", text=a.text, logprobs=[], **at)
        yield event("response.content_part.done", part=item["content"][0], **at)
    else:
        yield event("response.function_call_arguments.delta", item_id="fc_1", output_index=0, delta=item["arguments"])
        yield event("response.function_call_arguments.done", item_id="fc_1", output_index=0, arguments=item["arguments"], name="get_weather")
    yield event("response.output_item.done", output_index=0, item=item)
    yield event("response.completed", response=whole)


# ---- Anthropic's messages: its input_tokens are what was not cached ----


def anthropic(request, a):
    content = [{"type": "text", "text": a.text}] if a.text else [{"type": "tool_use", "id": "call_1", "name": "get_weather", "input": {"city": "Oslo"}}]
    usage = {"input_tokens": a.prompt - a.cached, "cache_read_input_tokens": a.cached, "cache_creation_input_tokens": 0, "output_tokens": a.answer, "service_tier": "standard"}
    return {
        "id": "msg_1", "type": "message", "role": "assistant", "model": model_of(request), "content": content,
        "stop_reason": "end_turn" if a.text else "tool_use", "stop_sequence": None, "usage": usage,
    }


def anthropic_events(request, a):
    whole = anthropic(request, a)
    event = lambda type, **fields: (type, {"type": type, **fields})
    yield event("message_start", message=whole | {"content": [], "stop_reason": None, "usage": whole["usage"] | {"output_tokens": 1}})
    if a.text:
        yield event("content_block_start", index=0, content_block={"type": "text", "text": ""})
        for piece in a.pieces():
            yield event("content_block_delta", index=0, delta={"type": "text_delta", "text": piece})
    else:
        yield event("content_block_start", index=0, content_block=whole["content"][0] | {"input": {}})
        yield event("content_block_delta", index=0, delta={"type": "input_json_delta", "partial_json": '{"city":"Oslo"}'})
    yield event("content_block_stop", index=0)
    yield event("message_delta", delta={"stop_reason": whole["stop_reason"], "stop_sequence": None}, usage={"output_tokens": a.answer})
    yield event("message_stop")


# ---- Gemini's generateContent ----


def gemini(request, a, text=None, done=True):
    part = {"text": a.text if text is None else text} if a.text else {"functionCall": {"id": "call_1", "name": "get_weather", "args": {"city": "Oslo"}}}
    usage = {"promptTokenCount": a.prompt, "candidatesTokenCount": a.answer, "totalTokenCount": a.prompt + a.answer} | ({"cachedContentTokenCount": a.cached} if a.cached else {})
    candidate = {"content": {"role": "model", "parts": [part]}, "index": 0} | ({"finishReason": "STOP"} if done else {})
    return {"candidates": [candidate], "modelVersion": "gemini-2.5-flash", "responseId": "r_1"} | ({"usageMetadata": usage} if done else {})


def gemini_events(request, a):
    pieces = a.pieces() or [None]
    for i, piece in enumerate(pieces):
        yield None, gemini(request, a, piece, i == len(pieces) - 1)


def model_of(request):
    return MODELS.get(request.get("model"), request.get("model"))


def parse(path, request):
    """What was said last and whether it is a tool's result; the answer, and the events of a streamed one."""
    if "generateContent" in path or "streamGenerateContent" in path:
        parts = request["contents"][-1]["parts"] if isinstance(request["contents"], list) else request["contents"]["parts"]
        return text_of(parts), any("functionResponse" in p or "function_response" in p for p in parts), gemini, gemini_events
    if path.endswith("/messages"):
        last = request["messages"][-1]
        is_result = isinstance(last["content"], list) and any(p["type"] == "tool_result" for p in last["content"])
        return text_of(last["content"]), is_result, anthropic, anthropic_events
    if path.endswith("/responses"):
        last = request["input"] if isinstance(request["input"], str) else request["input"][-1]
        if isinstance(last, str):
            return last, False, response, response_events
        return text_of(last.get("content")), last.get("type") == "function_call_output", response, response_events
    last = request["messages"][-1]
    return text_of(last.get("content")), last["role"] == "tool", chat, chat_events


class Server:
    """serves on a free port; requests that are no provider's are written to a folder."""

    def __init__(self, folder, hidden=()):
        self.hidden = [str(h).encode() for h in hidden]  # folders of this machine, which are not its readers' business
        self.folder, self.number, self.lock = pathlib.Path(folder), 0, threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                self.reply(200, b"{}")

            def do_POST(self):
                body = self.body()
                path = self.path.split("?")[0]
                if not re.search(r"/(chat/completions|responses|v1/messages)$|:(stream)?[gG]enerateContent$", path):
                    outer.note(self, body)
                    return self.reply(200, b"" if "protobuf" in self.headers.get("content-type", "") else b'{"status":"Ok"}' if "otel" not in path and "/v1/" not in path else b"{}",
                                      self.headers.get("content-type", "application/json"))
                body = gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body
                request = json.loads(body)
                said, is_result, whole, events = parse(path, request)
                a = script(said, is_result)
                time.sleep(0.03)
                if a is None:
                    error = {"message": "The prompt is not allowed.", "type": "invalid_request_error", "param": None, "code": "content_policy"}
                    if "enerateContent" in path:
                        error = {"code": 400, "message": error["message"], "status": "INVALID_ARGUMENT"}
                    return self.reply(400, json.dumps(({"type": "error"} if path.endswith("messages") else {}) | {"error": error}).encode())
                if not request.get("stream") and "stream" not in path:
                    return self.reply(200, json.dumps(whole(request, a)).encode())
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("Connection", "close")
                self.end_headers()
                self.close_connection = True
                try:
                    for i, (name, data) in enumerate(events(request, a)):
                        self.wfile.write((f"event: {name}\n" if name else "").encode() + b"data: " + json.dumps(data).encode() + b"\n\n")
                        self.wfile.flush()
                        time.sleep(0.25 if a.slow else 0.005)
                    if whole is chat:
                        self.wfile.write(b"data: [DONE]\n\n")
                except OSError:
                    pass  # the client stopped it

            def body(self):
                if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
                    return self.rfile.read(int(self.headers.get("Content-Length") or 0))
                body = b""
                while size := int(self.rfile.readline().split(b";")[0], 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
                return body

            def reply(self, status, body, kind="application/json"):
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.http.server_address[1]}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def note(self, handler, body):
        plain = gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body
        other = plain
        for path in self.hidden:
            other = other.replace(path, (b"/home/app" + b"/." * len(path))[: len(path)])  # as long as it was, as protobuf needs
        if other != plain:
            body = gzip.compress(other) if body is not plain else other
        head = [f"POST {handler.path} HTTP/1.1", "Host: playhead.example.com"]
        head += [f"{k}: {v}" for k, v in handler.headers.items() if k.lower() in KEPT or k.lower().startswith(KEPT_BEGIN)]
        with self.lock:
            self.number += 1
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / f"{self.number:02}.req").write_bytes("\r\n".join([*head, f"Content-Length: {len(body)}", "", ""]).encode() + body)

    def close(self):
        self.http.shutdown()
