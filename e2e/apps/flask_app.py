"""The documentation's Python backend: https://posthog.com/docs/ai-engineering/link-session-replay with only the host changed.

Started as: flask_app.py OPTION, with HOST, TOKEN, OPENAI, USER_ID and POSTHOG_JS in the environment. Prints its port.
"""

import os
import sys
from types import SimpleNamespace

from flask import Flask, Response, jsonify, request, send_from_directory
from posthog import Posthog
from posthog.ai.openai import OpenAI
from werkzeug.serving import make_server

pages = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pages")
app = Flask(__name__, static_folder=pages, static_url_path="")
posthog = Posthog(os.environ["TOKEN"], host=os.environ["HOST"])
client = OpenAI(api_key="sk-test", base_url=os.environ["OPENAI"], posthog_client=posthog)
current_user = SimpleNamespace(id=os.environ.get("USER_ID"))  # stands in for the application's own sign-in


def header():
    """Option 1: the session id comes in a header."""

    @app.route("/api/chat", methods=["POST"])
    def chat():
        session_id = request.headers.get("X-POSTHOG-SESSION-ID")
        response = client.responses.create(
            model="gpt-5",
            input=[{"role": "user", "content": request.json["message"]}],
            posthog_distinct_id=current_user.id,
            posthog_properties={
                "$session_id": session_id  # Links to session replay
            },
        )
        return jsonify({"response": response.output_text})


def body():
    """Option 2: the session id comes in the body."""

    @app.route("/api/chat", methods=["POST"])
    def chat():
        data = request.json
        session_id = data.get("sessionId")
        response = client.responses.create(
            model="gpt-5",
            input=[{"role": "user", "content": data["message"]}],
            posthog_distinct_id=current_user.id,
            posthog_properties={
                "$session_id": session_id  # Links to session replay
            },
        )
        return jsonify({"response": response.output_text})


def streamed():
    """Option 1 with chat completions, streamed on to the page."""

    @app.route("/api/chat", methods=["POST"])
    def chat():
        stream = client.chat.completions.create(
            model="gpt-5-mini",
            stream=True,
            stream_options={"include_usage": True},
            messages=[{"role": "user", "content": request.json["message"]}],
            posthog_distinct_id=current_user.id,
            posthog_properties={"$session_id": request.headers.get("X-POSTHOG-SESSION-ID")},
        )
        texts = (chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices)
        return Response(texts, mimetype="text/plain")


@app.after_request
def cors(response):
    """What cross-origin requests with tracing headers need."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Allow-Headers"] = "*"
    return response


@app.route("/npm/posthog-js/<path:name>")
def posthog_js(name):
    return send_from_directory(os.environ["POSTHOG_JS"], name)


{"header": header, "body": body, "streamed": streamed}[sys.argv[1]]()
server = make_server("127.0.0.1", 0, app, threaded=True)
print(f"listening on {server.port}", flush=True)
server.serve_forever()
