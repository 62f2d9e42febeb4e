"""An OpenAI-compatible server with scripted answers, and a PostHog server that writes down inputs and outputs."""

import gzip
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TEXT = "The invoice is due on Friday. 🎉"
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
WAVE = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA="


def call(id, name, arguments):
    return {"id": id, "type": "function", "function": {"name": name, "arguments": arguments}}


CALLS = [
    call("call_w1", "get_weather", '{"city":"Zürich","unit":"c"}'),
    call("call_w2", "get_time", '{"tz":"Europe/Zurich"}'),
]


def chat(model):
    message = {"role": "assistant", "content": TEXT, "refusal": None, "annotations": []}
    if "tools" in model:
        message = {"role": "assistant", "content": None, "tool_calls": CALLS, "refusal": None}
    if "refusal" in model:
        message = {"role": "assistant", "content": None, "refusal": "I cannot help with that."}
    if "audio" in model:
        audio = {"id": "audio_1", "data": WAVE, "expires_at": 1795418803, "transcript": "Good morning"}
        message = {"role": "assistant", "content": None, "refusal": None, "audio": audio}
    if "legacyfn" in model:
        message = {"role": "assistant", "content": None, "function_call": {"name": "old_style", "arguments": '{"a":1}'}}
    if "deepseek" in model:
        message = {"role": "assistant", "content": "42", "reasoning_content": "six times seven"}
    finish = "tool_calls" if "tools" in model else "stop"
    choices = [{"index": 0, "message": message, "finish_reason": finish, "logprobs": None}]
    if "multi" in model:
        second = {"role": "assistant", "content": "A second way to say it.", "refusal": None}
        choices.append({"index": 1, "message": second, "finish_reason": "length", "logprobs": None})
    usage = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
    return {"id": "chatcmpl-1", "object": "chat.completion", "created": 1795418803, "model": model, "choices": choices, "usage": usage}


def chat_chunks(model):
    base = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1795418803, "model": model}

    def chunk(delta, finish=None):
        return dict(base, choices=[{"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}])

    if "tools" in model:
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


def response(model):
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


def response_events(model):
    whole, number = response(model), 0

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


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_POST(self):
        body = self.body()
        path, request = self.path.split("?")[0].rstrip("/"), json.loads(body)
        model, stream = request.get("model", ""), request.get("stream")
        if path.endswith("/batch"):
            self.note(request["batch"])
            self.json({"status": "Ok"})
        elif "error" in model:
            self.json({"error": {"message": "The model is overloaded", "type": "server_error", "code": "overloaded"}}, 400)
        elif path.endswith("/embeddings"):
            data = [{"object": "embedding", "index": 0, "embedding": [0.1, 0.2]}]
            self.json({"object": "list", "data": data, "model": model, "usage": {"prompt_tokens": 5, "total_tokens": 5}})
        elif path.endswith("/chat/completions"):
            self.lines(f"data: {json.dumps(o)}\n\n" for o in [*chat_chunks(model)]) if stream else self.json(chat(model))
        elif stream:
            self.lines(f"event: {o['type']}\ndata: {json.dumps(o)}\n\n" for o in response_events(model))
        else:
            self.json(response(model))

    def body(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        return gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body

    def note(self, events):
        with open(sys.argv[2], "a") as out:
            for event in events:
                properties = event["properties"]
                row = {"case": properties["case"]}
                for name, key in (("input", "$ai_input"), ("output", "$ai_output_choices")):
                    if key in properties:
                        row[name] = properties[key]
                out.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")

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


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
