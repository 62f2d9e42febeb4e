"""Makes calls through every Python client that sends its calls to PostHog, each against the server of server.py.

Usage: python clients.py http://127.0.0.1:8611 [client …]
"""

import asyncio
import os
import sys

HOST = sys.argv[1]
os.environ |= {
    "OPENAI_API_KEY": "k", "OPENAI_BASE_URL": HOST + "/v1", "ANTHROPIC_API_KEY": "k", "GOOGLE_API_KEY": "k", "GOOGLE_GEMINI_BASE_URL": HOST, "MISTRAL_API_KEY": "k",
    "AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "k", "AWS_REGION": "us-east-1", "LITELLM_LOCAL_MODEL_COST_MAP": "True", "LANGSMITH_TRACING": "false",
}
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
ASK = "What is the weather in Zürich?"


def client(name, **options):
    from posthog import Posthog

    return Posthog("phc_" + name, host=HOST, flush_at=1, **options)


def openai_agents():
    from agents import Agent, ModelSettings, OpenAIChatCompletionsModel, Runner, add_trace_processor, function_tool, set_trace_processors, trace
    from openai import AsyncOpenAI
    from posthog.ai.openai_agents import PostHogTracingProcessor
    from pydantic import BaseModel

    class Due(BaseModel):
        due: str
        days: list[int]

    @function_tool
    def get_weather(city: str) -> str:
        """The weather in a city."""
        return '{"temp": 21, "said": "it\'s \\"fine\\""}'

    @function_tool
    def get_time(tz: str) -> str:
        """The time."""
        raise ValueError("no such zone")

    posthog = client("openai-agents-py")
    set_trace_processors([])

    def run(case, agent, said=ASK):
        processor = PostHogTracingProcessor(client=posthog, distinct_id="u1", properties={"case": case})
        set_trace_processors([processor])
        try:
            with trace("Weather assistant", group_id="chat-1"):
                Runner.run_sync(agent, said)
        except Exception as e:
            print(case, type(e), str(e)[:200])

    tools = [get_weather, get_time]
    run("loop", Agent(name="Weather", instructions="Use tools.", model="gpt5-loop", tools=tools, model_settings=ModelSettings(temperature=0.2)))
    chat = lambda model: OpenAIChatCompletionsModel(model=model, openai_client=AsyncOpenAI())
    run("chat-loop", Agent(name="Weather", instructions="Use tools.", model=chat("gpt-loop"), tools=tools))
    run("reasoning", Agent(name="Thinker", model="gpt5-reasoning"))
    run("search", Agent(name="Searcher", model="gpt5-search"))
    run("refusal", Agent(name="Refuser", model="gpt5-refusal"))
    run("json", Agent(name="Parser", model="gpt5-json", output_type=Due))
    picture = [{"role": "user", "content": [
        {"type": "input_text", "text": "What's on \"this\" picture?\n"},
        {"type": "input_image", "image_url": "data:image/png;base64," + PIXEL, "detail": "auto"},
    ]}]
    run("image", Agent(name="Looker", model="gpt5-text"), picture)
    run("error", Agent(name="Broken", model="gpt-error"))
    inner = Agent(name="Inner", model="gpt5-text", handoff_description="answers")
    run("handoff", Agent(name="Outer", model="gpt5-text", handoffs=[inner]))
    posthog.shutdown()


def langchain():
    import warnings

    warnings.simplefilter("ignore")
    from langchain.agents import create_agent
    from langchain_anthropic import ChatAnthropic
    from langchain_aws import ChatBedrockConverse
    from langchain_core.messages import HumanMessage, SystemMessage
    from langchain_core.output_parsers import StrOutputParser
    from langchain_core.prompts import ChatPromptTemplate
    from langchain_core.runnables import RunnableLambda
    from langchain_core.tools import tool
    from langchain_google_genai import ChatGoogleGenerativeAI
    from langchain_mistralai import ChatMistralAI
    from langchain_ollama import ChatOllama
    from langchain_openai import ChatOpenAI
    from posthog.ai.langchain import CallbackHandler

    @tool
    def get_weather(city: str) -> str:
        """The weather in a city."""
        return '{"temp": 21}'

    @tool
    def get_time(tz: str) -> str:
        """The time."""
        return "12:00"

    posthog = client("langchain-py")
    models = {
        "openai": lambda m: ChatOpenAI(model="gpt-" + m, temperature=0.1),
        "responses": lambda m: ChatOpenAI(model="gpt5-" + m, use_responses_api=True),
        "anthropic": lambda m: ChatAnthropic(model="claude-" + m, base_url=HOST),
        "gemini": lambda m: ChatGoogleGenerativeAI(model="gemini-" + m.replace("loop", "tools"), base_url=HOST),
        "bedrock": lambda m: ChatBedrockConverse(model="anthropic.claude-" + m, endpoint_url=HOST, region_name="us-east-1"),
        "mistral": lambda m: ChatMistralAI(model="mistral-" + m.replace("loop", "tools"), endpoint=HOST + "/v1"),
        "ollama": lambda m: ChatOllama(model="llama-" + m, base_url=HOST),
    }

    def run(case, f):
        handler = CallbackHandler(client=posthog, distinct_id="u1", properties={"case": case})
        try:
            f({"callbacks": [handler]})
        except Exception as e:
            print(case, type(e), str(e)[:300])

    for name, make in models.items():
        tools = "loop" if name in ("openai", "responses") else "tools"
        run(name + "-agent", lambda c: create_agent(make(tools), [get_weather, get_time], system_prompt="Use tools.").invoke({"messages": [{"role": "user", "content": ASK}]}, c))
        think = "reasoning" if name == "responses" else "think"
        run(name + "-think", lambda c: make(think).invoke(ASK, c))
    run("anthropic-search", lambda c: models["anthropic"]("search").invoke(ASK, c))
    run("gemini-code", lambda c: models["gemini"]("code").invoke("6*7?", c))
    run("responses-search", lambda c: models["responses"]("search").invoke("When is it due?", c))
    run("openai-stream", lambda c: [*models["openai"]("loop").bind_tools([get_weather]).stream(ASK, c)])
    run("anthropic-stream", lambda c: [*models["anthropic"]("think").stream(ASK, c)])
    picture = HumanMessage([{"type": "text", "text": "What is it?"}, {"type": "image", "base64": PIXEL, "mime_type": "image/png"}, {"type": "image_url", "image_url": {"url": "https://example.com/cat.png"}}])
    run("image", lambda c: models["openai"]("text").invoke([SystemMessage("Look."), picture], c))
    chain = ChatPromptTemplate.from_messages([("system", "Answer {style}."), ("user", "{question}")]) | models["openai"]("text") | StrOutputParser()
    run("chain", lambda c: chain.invoke({"style": "briefly", "question": "When is the invoice due?"}, c))
    run("retriever", lambda c: (RunnableLambda(lambda q: [q], name="Retriever") | RunnableLambda(lambda d: {"documents": d}, name="Pack")).invoke("invoice", c))
    run("error", lambda c: models["openai"]("error").invoke(ASK, c))
    posthog.shutdown()


def anthropic():
    from posthog.ai.anthropic import Anthropic

    posthog = client("anthropic-py")
    a = Anthropic(api_key="k", base_url=HOST, posthog_client=posthog, max_retries=0)
    tools = [{"name": "get_weather", "description": "The weather", "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}}}]
    asked = [{"role": "user", "content": ASK}]
    answered = asked + [
        {"role": "assistant", "content": [
            {"type": "thinking", "thinking": "I need the weather.", "signature": "EqQB"}, {"type": "redacted_thinking", "data": "EmwK"},
            {"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {"city": "Zürich"}},
            {"type": "tool_use", "id": "toolu_2", "name": "get_weather", "input": {"city": "Bern"}}]},
        {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": "toolu_1", "content": [{"type": "text", "text": "21 °C"}, {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PIXEL}}]},
            {"type": "tool_result", "tool_use_id": "toolu_2", "content": "no such city", "is_error": True}]},
    ]
    files = [{"role": "user", "content": [
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PIXEL}},
        {"type": "image", "source": {"type": "url", "url": "https://example.com/cat.png"}},
        {"type": "document", "title": "terms.txt", "source": {"type": "text", "media_type": "text/plain", "data": "Due on Friday."}, "citations": {"enabled": True}},
        {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0xLjQK"}},
        {"type": "text", "text": "When is it due?", "cache_control": {"type": "ephemeral"}}]}]
    cases = {
        "tools": dict(model="claude-tools", messages=asked, tools=tools), "results": dict(model="claude-tools", messages=answered, tools=tools),
        "think": dict(model="claude-think", messages=asked, thinking={"type": "enabled", "budget_tokens": 1024}), "search": dict(model="claude-search", messages=asked),
        "files": dict(model="claude-text", messages=files, system=[{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}]),
        "error": dict(model="claude-error", messages=asked),
    }
    for case, args in cases.items():
        for stream in (False, True):
            try:
                answer = a.messages.create(max_tokens=2048, stream=stream, posthog_distinct_id="u1", posthog_trace_id="t1", posthog_properties={"case": case + ("-stream" if stream else "")}, **args)
                if stream:
                    for _ in answer:
                        pass
            except Exception as e:
                print(case, type(e), str(e)[:200])
    posthog.shutdown()


def gemini():
    from google.genai import types
    from posthog.ai.gemini import Client

    posthog = client("gemini-py")
    g = Client(api_key="k", posthog_client=posthog)
    weather = types.Tool(function_declarations=[types.FunctionDeclaration(name="get_weather", description="The weather", parameters={"type": "OBJECT", "properties": {"city": {"type": "STRING"}}})])
    answered = [
        types.Content(role="user", parts=[types.Part(text=ASK)]),
        types.Content(role="model", parts=[types.Part(function_call=types.FunctionCall(id="fc_1", name="get_weather", args={"city": "Zürich"}))]),
        types.Content(role="user", parts=[types.Part(function_response=types.FunctionResponse(id="fc_1", name="get_weather", response={"temp": 21}))]),
    ]
    looped = [
        types.Content(role="user", parts=[types.Part(text="6*7?")]),
        types.Content(role="model", parts=[types.Part(executable_code=types.ExecutableCode(language="PYTHON", code="print(6*7)")), types.Part(code_execution_result=types.CodeExecutionResult(outcome="OUTCOME_OK", output="42\n"))]),
        types.Content(role="user", parts=[types.Part(text="And 7*8?")]),
    ]
    files = [types.Content(role="user", parts=[
        types.Part(text="What is it?"), types.Part(inline_data=types.Blob(mime_type="image/png", data=b"\x89PNG")),
        types.Part(file_data=types.FileData(mime_type="application/pdf", file_uri="gs://b/terms.pdf"))])]
    cases = {
        "text": dict(model="gemini-text", contents=ASK), "think": dict(model="gemini-think", contents=ASK), "tools": dict(model="gemini-tools", contents=ASK, config=types.GenerateContentConfig(tools=[weather], system_instruction="Use tools.", temperature=0.4)),
        "results": dict(model="gemini-tools", contents=answered), "code": dict(model="gemini-code", contents="6*7?"), "coded": dict(model="gemini-code", contents=looped), "search": dict(model="gemini-search", contents=ASK),
        "json": dict(model="gemini-json", contents=ASK, config=types.GenerateContentConfig(response_mime_type="application/json")), "files": dict(model="gemini-text", contents=files),
    }
    for case, args in cases.items():
        for stream in (False, True):
            call = g.models.generate_content_stream if stream else g.models.generate_content
            try:
                answer = call(posthog_distinct_id="u1", posthog_trace_id="t1", posthog_properties={"case": case + ("-stream" if stream else "")}, **args)
                if stream:
                    for _ in answer:
                        pass
            except Exception as e:
                print(case, type(e), str(e)[:300])
    try:
        g.models.embed_content(model="gemini-embed", contents=["one", "two"], posthog_distinct_id="u1", posthog_properties={"case": "embedding"})
    except Exception as e:
        print("embedding", type(e), str(e)[:300])
    posthog.shutdown()


def litellm():
    os.environ |= {"POSTHOG_API_KEY": "phc_litellm", "POSTHOG_API_URL": HOST}
    import litellm as l

    l.success_callback = l.failure_callback = ["posthog"]
    tools = [{"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}]
    asked = [{"role": "user", "content": ASK}]
    answered = asked + [
        {"role": "assistant", "content": None, "tool_calls": [{"id": "call_w1", "type": "function", "function": {"name": "get_weather", "arguments": '{"city":"Zürich"}'}}]},
        {"role": "tool", "tool_call_id": "call_w1", "content": '{"temp": 21}'},
    ]
    cases = {
        "text": dict(model="openai/gpt-text-cached", messages=[{"role": "system", "content": "Be brief."}, *asked], temperature=0.5),
        "tools": dict(model="openai/gpt-tools-cached", messages=asked, tools=tools), "results": dict(model="openai/gpt-loop", messages=answered, tools=tools),
        "anthropic-think": dict(model="anthropic/claude-think", messages=asked, api_base=HOST), "anthropic-tools": dict(model="anthropic/claude-tools", messages=asked, tools=tools, api_base=HOST),
        "anthropic-search": dict(model="anthropic/claude-search", messages=asked, api_base=HOST),
        "gemini-think": dict(model="gemini/gemini-think", messages=asked, api_base=HOST + "/v1beta/models/gemini-think"),
        "image": dict(model="openai/gpt-text", messages=[{"role": "user", "content": [{"type": "text", "text": "What is it?"}, {"type": "image_url", "image_url": {"url": "data:image/png;base64," + PIXEL}}]}]),
        "error": dict(model="openai/gpt-error", messages=asked),
        "stream": dict(model="openai/gpt-text", messages=asked, stream=True),
    }

    async def run():
        for case, args in cases.items():
            try:
                answer = await l.acompletion(metadata={"case": case, "user_id": "u1", "plan": "pro"}, **args)
                if args.get("stream"):
                    async for _ in answer:
                        pass
            except Exception as e:
                print(case, type(e), str(e)[:200])
        await l.aembedding(model="openai/text-embedding", input=["one", "two"], metadata={"case": "embedding", "user_id": "u1"})
        await asyncio.sleep(7)

    asyncio.run(run())


def pydantic_ai():
    import json

    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
    from pydantic import BaseModel
    from pydantic_ai import Agent, BinaryContent, InstrumentationSettings

    class Due(BaseModel):
        due: str
        days: list[int]

    def get_weather(city: str) -> dict:
        """The weather in a city."""
        return {"temp": 21}

    def get_time(tz: str) -> str:
        """The time."""
        return "12:00"

    posthog = client("pydantic-ai")
    memory = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(memory))

    def run(case, version, said, **args):
        memory.clear()
        try:
            Agent.instrument_all(InstrumentationSettings(tracer_provider=provider, version=version))
            Agent(**args).run_sync(said)
        except Exception as e:
            print(case, type(e), str(e)[:300])
        # What PostHog's OpenTelemetry route makes of these attributes, by their names.
        for span in memory.get_finished_spans():
            a = span.attributes
            of = {"case": case, "$ai_span_name": span.name, "$ai_ingestion_source": "otel", "$ai_lib": "pydantic-ai"}
            for name, key in {
                "gen_ai.input.messages": "$ai_input", "gen_ai.output.messages": "$ai_output_choices", "pydantic_ai.all_messages": "$ai_input_state", "all_messages_events": "$ai_input_state", "final_result": "$ai_output_state",
                "gen_ai.tool.call.arguments": "$ai_input_state", "gen_ai.tool.call.result": "$ai_output_state", "tool_arguments": "$ai_input_state", "tool_response": "$ai_output_state", "gen_ai.tool.definitions": "$ai_tools",
            }.items():
                if name in a:
                    try:
                        of[key] = json.loads(a[name])
                    except ValueError:
                        of[key] = a[name]
            if "gen_ai.system_instructions" in a and "$ai_input" in of:
                of["$ai_input"] = [{"role": "system", "parts": json.loads(a["gen_ai.system_instructions"])}, *of["$ai_input"]]
            posthog.capture("$ai_generation" if span.name.startswith("chat") else "$ai_span", distinct_id="u1", properties=of)

    loop = dict(model="openai-chat:gpt-loop", instructions="Use tools.", tools=[get_weather, get_time])
    for version in (2, 5, 6):
        run(f"loop-v{version}", version, ASK, **loop)
    run("responses", 5, ASK, model="openai-responses:gpt5-loop", instructions="Use tools.", tools=[get_weather])
    run("reasoning", 5, ASK, model="openai-responses:gpt5-reasoning")
    run("image", 5, ["What is it?", BinaryContent(data=b"\x89PNG", media_type="image/png")], model="openai-chat:gpt-text")
    run("search", 5, ASK, model="openai-responses:gpt5-search")
    posthog.shutdown()


def by_hand():
    """What people send by hand: the messages of a provider's own client, as that gives them."""
    import boto3
    import cohere
    import ollama
    from mistralai.client import Mistral

    posthog = client("by-hand")

    def send(case, input, output, tools=None):
        posthog.capture("$ai_generation", distinct_id="u1", properties={"case": case, "$ai_trace_id": case, "$ai_model": case, "$ai_input": input, "$ai_output_choices": output} | ({"$ai_tools": tools} if tools else {}))

    asked = [{"role": "user", "content": ASK}]
    function = {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}

    m = Mistral(api_key="k", server_url=HOST)
    for model in ("mistral-text", "magistral-think", "mistral-cite", "mistral-tools"):
        answer = m.chat.complete(model=model, messages=asked, tools=[function] if "tools" in model else None)
        send(model, asked, [c.model_dump(mode="json") for c in answer.choices])
        if "tools" in model:
            messages = [*asked, answer.choices[0].message.model_dump(mode="json"), {"role": "tool", "name": "get_weather", "content": '{"temp": 21}', "tool_call_id": "D681PevKs"}]
            send(model + "-results", messages, [c.model_dump(mode="json") for c in m.chat.complete(model=model, messages=messages).choices])

    c = cohere.ClientV2(api_key="k", base_url=HOST)
    for model in ("command-text", "command-think", "command-cite", "command-tools"):
        answer = c.chat(model=model, messages=asked, tools=[function] if "tools" in model else None)
        send(model, asked, [answer.message.model_dump(mode="json")])
        if "tools" in model:
            result = {"role": "tool", "tool_call_id": "get_weather_1", "content": [{"type": "document", "document": {"data": '{"temp": 21}'}}]}
            messages = [*asked, answer.message.model_dump(mode="json", exclude_none=True), result]
            send(model + "-results", messages, [c.chat(model=model, messages=messages).message.model_dump(mode="json")])
            send(model + "-whole", messages, c.chat(model=model, messages=messages).model_dump(mode="json"))

    o = ollama.Client(host=HOST)
    for model in ("llama-text", "qwen-think", "llama-tools"):
        answer = o.chat(model=model, messages=asked, tools=[function] if "tools" in model else None)
        send(model, asked, [answer.message.model_dump()])
        if "tools" in model:
            messages = [*asked, answer.message.model_dump(), {"role": "tool", "tool_name": "get_weather", "content": "21"}]
            send(model + "-results", messages, o.chat(model=model, messages=messages).model_dump())
    send("llama-image", [{"role": "user", "content": "What is it?", "images": [PIXEL]}], [o.chat(model="llama-text", messages=asked).message.model_dump()])

    b = boto3.client("bedrock-runtime", endpoint_url=HOST, region_name="us-east-1")
    said = [{"role": "user", "content": [{"text": ASK}]}]
    spec = {"tools": [{"toolSpec": {"name": "get_weather", "inputSchema": {"json": {"type": "object"}}}}]}
    for model in ("anthropic.claude-text", "anthropic.claude-think", "anthropic.claude-tools"):
        answer = b.converse(modelId=model, messages=said, system=[{"text": "Be brief."}], **({"toolConfig": spec} if "tools" in model else {}))
        send(model, said, [answer["output"]["message"]])
        if "tools" in model:
            send(model + "-whole", said, {k: v for k, v in answer.items() if k != "ResponseMetadata"}, spec["tools"])
            result = {"toolResult": {"toolUseId": "tooluse_1", "content": [{"json": {"temp": 21}}, {"text": "fine"}], "status": "success"}}
            messages = [*said, answer["output"]["message"], {"role": "user", "content": [result, {"cachePoint": {"type": "default"}}]}]
            send(model + "-results", messages, [b.converse(modelId=model, messages=messages)["output"]["message"]])
    send("bedrock-files", [{"role": "user", "content": [
        {"text": "What is it?"}, {"image": {"format": "png", "source": {"bytes": PIXEL}}}, {"document": {"name": "terms", "format": "pdf", "source": {"bytes": "JVBERi0xLjQK"}}}]}], [{"role": "assistant", "content": [{"text": "A dot."}]}])
    posthog.shutdown()


ALL = {f.__name__: f for f in (openai_agents, langchain, anthropic, gemini, litellm, pydantic_ai, by_hand)}
for name in sys.argv[2:] or ALL:
    ALL[name]()
