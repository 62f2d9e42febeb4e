"""A server with scripted answers of all providers, and a PostHog server that writes down what it is sent."""

import gzip
import json
import sys
import pathlib
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import providers

TEXT = "The invoice is due on Friday. 🎉"
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
WAVE = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA="


def call(id, name, arguments):
    return {"id": id, "type": "function", "function": {"name": name, "arguments": arguments}}


CALLS = [
    call("call_w1", "get_weather", '{"city":"Zürich","unit":"c"}'),
    call("call_w2", "get_time", '{"tz":"Europe/Zurich"}'),
]


def chat(model, request={}):
    message = {"role": "assistant", "content": TEXT, "refusal": None, "annotations": []}
    tools = "tools" in model or "loop" in model and not has_answer(request)
    if tools:
        message = {"role": "assistant", "content": None, "tool_calls": CALLS, "refusal": None}
    if "json" in model:
        message["content"] = '{"due":"Friday","days":[1,2]}'
    if "refusal" in model:
        message = {"role": "assistant", "content": None, "refusal": "I cannot help with that."}
    if "audio" in model:
        audio = {"id": "audio_1", "data": WAVE, "expires_at": 1795418803, "transcript": "Good morning"}
        message = {"role": "assistant", "content": None, "refusal": None, "audio": audio}
    if "legacyfn" in model:
        message = {"role": "assistant", "content": None, "function_call": {"name": "old_style", "arguments": '{"a":1}'}}
    if "deepseek" in model:
        message = {"role": "assistant", "content": "42", "reasoning_content": "six times seven"}
    finish = "tool_calls" if tools else "stop"
    choices = [{"index": 0, "message": message, "finish_reason": finish, "logprobs": None}]
    if "multi" in model:
        second = {"role": "assistant", "content": "A second way to say it.", "refusal": None}
        choices.append({"index": 1, "message": second, "finish_reason": "length", "logprobs": None})
    usage = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
    if "cached" in model:
        usage |= {"prompt_tokens_details": {"cached_tokens": 4}, "completion_tokens_details": {"reasoning_tokens": 2}}
    return {"id": "chatcmpl-1", "object": "chat.completion", "created": 1795418803, "model": model, "choices": choices, "usage": usage}


def has_answer(request):
    """Whether a request of either API holds the result of a tool."""
    text = json.dumps(request)
    return '"role": "tool"' in text or '"function_call_output"' in text


def chat_chunks(model, request={}):
    base = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1795418803, "model": model}

    def chunk(delta, finish=None):
        return dict(base, choices=[{"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}])

    if "tools" in model or "loop" in model and not has_answer(request):
        yield chunk({"role": "assistant", "content": None})
        for i, c in enumerate(CALLS):
            arguments = c["function"]["arguments"]
            head = {"index": i, "id": c["id"], "type": "function", "function": {"name": c["function"]["name"], "arguments": ""}}
            yield chunk({"tool_calls": [head]})
            for piece in (arguments[:9], arguments[9:]):
                yield chunk({"tool_calls": [{"index": i, "function": {"arguments": piece}}]})
        yield chunk({}, "tool_calls")
    elif "refusal" in model:
        yield chunk({"role": "assistant", "content": None, "refusal": ""})
        yield chunk({"refusal": "I cannot help with that."})
        yield chunk({}, "stop")
    else:
        yield chunk({"role": "assistant", "content": ""})
        for piece in ("The ", "invoice ", "is due ", "on Friday. 🎉"):
            yield chunk({"content": piece})
        yield chunk({}, "stop")
    yield dict(base, choices=[], usage=chat(model)["usage"])


def response(model, request={}):
    said = {"type": "output_text", "annotations": [], "logprobs": [], "text": TEXT}
    message = {"type": "message", "id": "msg_1", "status": "completed", "role": "assistant", "content": [said]}
    output = [message]
    if "reasoning" in model:
        summary = [{"type": "summary_text", "text": "Looking up the due date."}]
        output = [{"id": "rs_1", "type": "reasoning", "summary": summary, "status": None}, message]
    if "tools" in model:
        output = [
            {"type": "function_call", "id": "fc_1", "call_id": "call_w1", "name": "get_weather", "arguments": '{"city":"Zürich"}', "status": "completed"},
            {"type": "web_search_call", "id": "ws_1", "status": "completed", "action": {"type": "search", "query": "weather zurich"}},
        ]
    if "loop" in model and not has_answer(request):
        summary = [{"type": "summary_text", "text": "I need the weather."}]
        output = [
            {"id": "rs_1", "type": "reasoning", "summary": summary, "encrypted_content": "gAAAAAB", "status": None},
            {"type": "function_call", "id": "fc_1", "call_id": "call_w1", "name": "get_weather", "arguments": '{"city":"Zürich"}', "status": "completed"},
        ]
    if "search" in model:
        cited = {"type": "url_citation", "start_index": 0, "end_index": 11, "url": "https://example.com/invoice", "title": "Invoice"}
        search = {"type": "web_search_call", "id": "ws_1", "status": "completed", "action": {"type": "search", "query": "invoice due"}}
        output = [search, dict(message, content=[dict(said, annotations=[cited])])]
    if "json" in model:
        output = [dict(message, content=[dict(said, text='{"due":"Friday","days":[1,2]}')])]
    if "refusal" in model:
        output = [dict(message, content=[{"type": "refusal", "refusal": "I cannot help with that."}])]
    if "image" in model:
        output = [{"type": "image_generation_call", "id": "ig_1", "status": "completed", "result": PIXEL}]
    usage = {
        "input_tokens": 20, "input_tokens_details": {"cached_tokens": 4},
        "output_tokens": 5, "output_tokens_details": {"reasoning_tokens": 1}, "total_tokens": 25,
    }
    return {
        "id": "resp_1", "object": "response", "created_at": 1795418803, "status": "completed", "error": None,
        "incomplete_details": None, "instructions": None, "model": model, "output": output, "parallel_tool_calls": True,
        "tool_choice": "auto", "tools": [], "usage": usage, "metadata": {},
    }


def response_events(model, request={}):
    whole, number = response(model, request), 0

    def event(type, **fields):
        nonlocal number
        number += 1
        return dict(type=type, sequence_number=number, **fields)

    yield event("response.created", response=dict(whole, status="in_progress", output=[], usage=None))
    for i, item in enumerate(whole["output"]):
        yield event("response.output_item.added", output_index=i, item=dict(item, status="in_progress"))
        if item["type"] == "message" and item["content"][0]["type"] == "output_text":
            at, part = {"item_id": item["id"], "output_index": i, "content_index": 0}, item["content"][0]
            yield event("response.content_part.added", part=dict(part, text=""), **at)
            for piece in ("The invoice is ", "due on Friday. 🎉"):
                yield event("response.output_text.delta", delta=piece, logprobs=[], **at)
            yield event("response.output_text.done", text=part["text"], logprobs=[], **at)
        yield event("response.output_item.done", output_index=i, item=item)
    yield event("response.completed", response=whole)


written = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_GET(self):
        self.json({})

    def do_POST(self):
        body = self.body()
        path, request = self.path.split("?")[0].rstrip("/"), json.loads(body or b"{}")
        model, stream = request.get("model", ""), request.get("stream")
        if path.endswith("/batch"):
            self.note(request)
            self.json({"status": "Ok"})
        elif "error" in model or "error" in path:
            self.json({"error": {"message": "The model is overloaded", "type": "server_error", "code": "overloaded"}}, 400)
        elif path.endswith("/embeddings"):
            vector = [0.1, 0.2]
            if request.get("encoding_format") == "base64":
                vector = "zczMPc3MTD4="
            data = [{"object": "embedding", "index": 0, "embedding": vector}]
            self.json({"object": "list", "data": data, "model": model, "usage": {"prompt_tokens": 5, "total_tokens": 5}})
        elif path.endswith("/v1/messages"):
            if stream:
                self.lines(f"event: {o['type']}\ndata: {json.dumps(o)}\n\n" for o in providers.anthropic_events(model, request))
            else:
                self.json(providers.anthropic(model, request))
        elif found := re.search(r"models/([^/:]+):(\w+)", path):
            model, method = found.groups()
            if "mbed" in method:
                self.json({"embeddings": [{"values": [0.1, 0.2]}], "embedding": {"values": [0.1, 0.2]}})
            elif method == "streamGenerateContent":
                self.lines(f"data: {json.dumps(o)}\n\n" for o in providers.gemini_chunks(model, request))
            else:
                self.json(providers.gemini(model, request))
        elif found := re.search(r"/model/([^/]+)/converse$", path):
            self.json(providers.bedrock(found.group(1), request))
        elif path.endswith("/v2/chat"):
            self.json(providers.cohere(model, request))
        elif path.endswith("/api/chat"):
            self.answer(200, "application/x-ndjson", json.dumps(providers.ollama(model, request)).encode() + b"\n")
        elif path.endswith("/chat/completions") and "stral" in model:
            self.json(providers.mistral(model, request))
        elif path.endswith("/chat/completions"):
            self.lines(f"data: {json.dumps(o)}\n\n" for o in [*chat_chunks(model, request)]) if stream else self.json(chat(model, request))
        elif stream:
            self.lines(f"event: {o['type']}\ndata: {json.dumps(o)}\n\n" for o in response_events(model, request))
        else:
            self.json(response(model, request))

    def body(self):
        if self.headers.get("transfer-encoding") == "chunked":
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            body = self.rfile.read(int(self.headers["content-length"] or 0))
        return gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body

    def note(self, request):
        """The token of a batch names the file. What differs from one run to the next and from one machine to another is left out."""
        token = request.get("api_key") or request["batch"][0]["properties"]["token"]
        with written, open(pathlib.Path(sys.argv[2]) / (token.removeprefix("phc_") + ".jsonl"), "a") as out:
            for event in request["batch"]:
                of = {k: v for k, v in event["properties"].items() if k in KEPT or k.startswith(("$ai_", "llm_"))}
                row = {"case": event["properties"].get("case", ""), "event": event["event"], "timed": "timestamp" in event, "properties": of}
                line = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
                line = re.sub(r"/[^\s\"\\]*/node_modules/", "/app/node_modules/", line)
                line = re.sub(r"file:///[^\s\"\\]*/(\w+\.mjs)", r"file:///app/\1", line)
                out.write(line + "\n")

    def json(self, value, status=200):
        self.answer(status, "application/json", json.dumps(value).encode())

    def lines(self, lines):
        end = "data: [DONE]\n\n" if "chat" in self.path else ""
        self.answer(200, "text/event-stream", ("".join(lines) + end).encode())

    def answer(self, status, kind, body):
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


KEPT = {"$lib", "$lib_version", "case", "usage", "finishReason", "plan"}

ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
