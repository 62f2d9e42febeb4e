"""Makes every call of cases.json through posthog-python."""

import copy
import json
import pathlib
import sys

from posthog import Posthog
from posthog.ai.openai import OpenAI

host = sys.argv[1]
posthog = Posthog("phc_openai-py", host=host, flush_at=1)
client = OpenAI(api_key="k", base_url=host + "/v1", posthog_client=posthog, max_retries=0)
apis = {"chat": client.chat.completions, "responses": client.responses, "embeddings": client.embeddings}
cases = json.loads(pathlib.Path(__file__).with_name("cases.json").read_text())

for api, by_name in cases.items():
    for name, args in by_name.items():
        for stream in [False] if api == "embeddings" else [False, True]:
            for private in [False, True] if name in ("text", "string") else [False]:
                id = "_".join(["py", api, name, "stream" if stream else "plain"] + (["private"] if private else []))
                call = copy.deepcopy(args) | {
                    "posthog_distinct_id": "u1",
                    "posthog_trace_id": "t1",
                    "posthog_privacy_mode": private,
                    "posthog_properties": {"case": id},
                }
                if stream:
                    call["stream"] = True
                    if api == "chat":
                        call["stream_options"] = {"include_usage": True}
                try:
                    answer = apis[api].create(**call)
                    if stream:
                        for _ in answer:
                            pass
                except Exception:
                    # "seed" passes messages to the responses API, which this client refuses by itself.
                    if name not in ("error", "seed"):
                        raise
posthog.shutdown()
