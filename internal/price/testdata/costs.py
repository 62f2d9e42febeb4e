"""Writes what calls cost by genai-prices' own code, a line each, beside itself:

costs.jsonl    a call of every model of who sells his own, and of each tenth of the others
theirs.jsonl   the calls in genai-prices' own tests, collected once from these; cost, entry and whether all was charged are written anew
matches.jsonl  the names in genai-prices' own tests, collected likewise, and the entry that each is found by, "" for none

See ../refresh.py, which runs this."""

import datetime, json, pathlib

from genai_prices import Usage, calc_price
from genai_prices.data import providers
from genai_prices.data_snapshot import get_snapshot

HERE = pathlib.Path(__file__).parent

UTC = datetime.timezone.utc
COMMON = {"openai", "anthropic", "google", "azure", "aws", "mistral", "cohere", "deepseek", "x-ai", "groq", "perplexity", "moonshotai", "zhipuai"}
USAGES = [
    {"input_tokens": 1234, "output_tokens": 567},
    {"input_tokens": 20_000, "output_tokens": 900, "cache_read_tokens": 15_000},
    {"input_tokens": 50_000, "output_tokens": 2_000, "cache_read_tokens": 10_000, "cache_write_tokens": 30_000, "cache_write_1h_tokens": 12_000, "web_searches": 3},
    {"input_tokens": 300_000, "output_tokens": 1_000, "output_reasoning_tokens": 800},
    {"input_tokens": 5_000, "output_tokens": 3_000, "input_audio_tokens": 2_000, "output_audio_tokens": 1_500, "cache_read_tokens": 500, "cache_audio_read_tokens": 100},
    {"input_tokens": 4_000, "output_tokens": 1_290, "input_image_tokens": 258, "output_image_tokens": 1_200},
]
TIMES = [datetime.datetime(2025, 2, 20, 3, 0, tzinfo=UTC), datetime.datetime(2026, 7, 1, 20, 30, tzinfo=UTC), datetime.datetime(2026, 11, 20, 12, 0, tzinfo=UTC)]
TIERS = {"flex": {"service_tier": "flex"}, "priority": {"service_tier": "priority"}, "batch": {"processing": "batch"}}

n = 0
with (HERE / "costs.jsonl").open("w") as out:
    for p in providers:
        for i, m in enumerate(p.models):
            if p.id not in COMMON and i % 10:
                continue
            tiers = [None] + [t for t, when in TIERS.items() if any(v.when == when for v in m.price_variants or ())]
            for tier in tiers:
                n += 1
                usage, at = USAGES[n % len(USAGES)], TIMES[n // 2 % len(TIMES)]
                try:
                    c = calc_price(Usage(**usage), m.id, provider_id=p.id, genai_request_timestamp=at, price_context=TIERS.get(tier))
                except (LookupError, ValueError):
                    continue  # counts that these prices contradict
                if c.model_price.input_mtok is None:
                    continue  # nothing to charge tokens by
                if c.model_price.output_mtok is None and usage["output_tokens"]:
                    usage = {"input_tokens": usage["input_tokens"], "output_tokens": 0}
                    c = calc_price(Usage(**usage), m.id, provider_id=p.id, genai_request_timestamp=at, price_context=TIERS.get(tier))
                if c.model is not m and c.model.id != m.id:
                    continue  # its own id is another one's
                line = {"provider": p.id, "model": m.id, "at": at.isoformat(), "usage": usage, "usd": float(c.total_price)}
                if tier:
                    line["tier"] = tier
                out.write(json.dumps(line, separators=(",", ":")) + "\n")


def entry(provider, model):
    """The entry's id, behind that of who has it."""
    p = next((p for p in providers if any(m is model for m in p.models)), provider)
    return p.id + "/" + model.id


def again(name, fill):
    lines = [json.loads(line) for line in (HERE / name).open()]
    (HERE / name).write_text("".join(json.dumps(line | fill(line), separators=(",", ":")) + "\n" for line in lines))


def cost(line):
    at = datetime.datetime.fromisoformat(line["at"])
    c = calc_price(Usage(**line["usage"]), line["model"], provider_id=line["provider"] or None, genai_request_timestamp=at, price_context=TIERS.get(line.get("tier")))
    p, u = c.model_price, line["usage"]
    whole = all(p.__dict__.get(key) is not None for key, n in (("input_mtok", "input_tokens"), ("output_mtok", "output_tokens")) if u.get(n))
    return {"usd": float(c.total_price), "found": entry(c.provider, c.model), "whole": whole}


def match(line):
    try:
        return {"found": entry(*get_snapshot().find_provider_model(line["model"], None, line["provider"], None))}
    except LookupError:
        return {"found": ""}


again("theirs.jsonl", cost)
again("matches.jsonl", match)
