"""A provider with a scripted conversation, and an OTLP server that writes down what it is sent: one file for each request, in the folder of its client.

The provider speaks OpenAI's chat completions. What it answers depends on the last message alone:
a question about today calls a tool, the tool's result is answered, a question about tomorrow is answered from a cached prompt, and "fail" is refused.
"""

import gzip
import json
import pathlib
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MODEL = "gpt-4o-2024-08-06"
CALL = {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": '{"city":"Oslo"}'}}
folder = pathlib.Path(sys.argv[2])
number = {}


def script(messages):
    """The message, why it ended, and the usage: prompt, of it cached, answer."""
    last = messages[-1]
    text = last["content"] if isinstance(last["content"], str) else "".join(part.get("text", "") for part in last["content"])
    if last["role"] == "tool":
        return {"role": "assistant", "content": "It rains in Oslo."}, "stop", (150, 64, 10)
    if "tomorrow" in text:
        return {"role": "assistant", "content": "Tomorrow the sun shines."}, "stop", (200, 128, 8)
    return {"role": "assistant", "content": None, "tool_calls": [CALL]}, "tool_calls", (100, 0, 20)


def usage(counts):
    prompt, cached, answer = counts
    return {
        "prompt_tokens": prompt, "completion_tokens": answer, "total_tokens": prompt + answer,
        "prompt_tokens_details": {"cached_tokens": cached, "audio_tokens": 0}, "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
    }


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        if self.path.endswith("/chat/completions"):
            return self.complete(json.loads(body))
        client, _, signal = self.path.strip("/").partition("/")  # /CLIENT/v1/traces
        to = folder / client
        to.mkdir(parents=True, exist_ok=True)
        number[client] = number.get(client, 0) + 1
        kind = "json" if "json" in self.headers.get("Content-Type", "") else "pb"
        (to / f"{number[client]:02}.{signal.rpartition('/')[2]}.{kind}").write_bytes(body)
        self.reply(200, b"{}" if kind == "json" else b"")

    def complete(self, request):
        messages = request["messages"]
        if "fail" in json.dumps(messages[-1]):
            error = {"message": "The prompt is not allowed.", "type": "invalid_request_error", "param": None, "code": "content_policy"}
            return self.reply(400, json.dumps({"error": error}).encode())
        message, finish, counts = script(messages)
        base = {"id": "chatcmpl-1", "created": 1795418803, "model": MODEL}
        if not request.get("stream"):
            choice = {"index": 0, "message": message | {"refusal": None}, "finish_reason": finish, "logprobs": None}
            return self.reply(200, json.dumps(base | {"object": "chat.completion", "choices": [choice], "usage": usage(counts)}).encode())
        lines = []
        for piece in [{"role": "assistant", "content": ""}] + [{"content": word + " "} for word in message["content"].split()[:-1]] + [{"content": message["content"].split()[-1]}]:
            lines.append(base | {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": piece, "finish_reason": None}]})
        lines.append(base | {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {}, "finish_reason": finish}]})
        lines.append(base | {"object": "chat.completion.chunk", "choices": [], "usage": usage(counts)})
        self.reply(200, b"".join(b"data: " + json.dumps(line).encode() + b"\n\n" for line in lines) + b"data: [DONE]\n\n", "text/event-stream")

    def reply(self, status, body, kind="application/json"):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
