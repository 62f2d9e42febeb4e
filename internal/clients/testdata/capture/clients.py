"""The scripted conversation through unmodified clients in Python: python clients.py CLIENT, one process for each, because instrumentations change the clients of
providers for good. capture.py sets ADDRESS, at which there are the provider and the Playhead that writes down what it is sent, and TOKEN.

The browser's session is s1, the person u1, the conversation c1. A client is told them in the way that its documentation shows; those of OpenTelemetry alone find
session and person in the span of the HTTP request, which has the headers that posthog-js sends, as the instrumentations of HTTP servers write them down.
"""

import asyncio
import contextlib
import json
import os
import sys

ADDRESS, TOKEN = os.environ["ADDRESS"], os.environ["TOKEN"]
os.environ |= {
    "OPENAI_BASE_URL": ADDRESS + "/v1", "OPENAI_API_KEY": "sk-test", "ANTHROPIC_BASE_URL": ADDRESS, "ANTHROPIC_API_KEY": "sk-test", "GOOGLE_API_KEY": "k",
    "OPENAI_AGENTS_DISABLE_TRACING": "0", "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "OTEL_EXPORTER_OTLP_ENDPOINT": ADDRESS, "OTEL_EXPORTER_OTLP_HEADERS": "authorization=Bearer%20" + TOKEN, "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
}
SYSTEM, TODAY, TOMORROW, STORY, FAIL = "Answer briefly.", "What is the weather in Oslo today?", "And tomorrow?", "Tell me a story.", "fail"
PARAMETERS = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
FUNCTION = {"name": "get_weather", "description": "The weather of a city", "parameters": PARAMETERS}
TOOL = {"type": "function", "function": FUNCTION}
SPAN = {"http.request.method": "POST", "http.route": "/chat", "http.request.header.x-posthog-session-id": ["s1"], "http.request.header.x-posthog-distinct-id": ["u1"]}


class Fails:
    def __enter__(self):
        return self

    def __exit__(self, kind, error, _):
        if kind is None:
            raise SystemExit("the error did not come")
        print(kind.__name__)
        return issubclass(kind, Exception)


# ---- the conversation, by each provider's client ----


def chat(openai, **more):
    """OpenAI's chat completions: a tool call, its result, a streamed answer, a stopped one, an error."""
    messages = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": TODAY}]
    ask = lambda **args: openai.chat.completions.create(model="gpt-4o", messages=messages, tools=[TOOL], **args, **more)
    stream = lambda: ask(stream=True, stream_options={"include_usage": True})
    answer = ask().choices[0].message
    messages.append({"role": "assistant", "content": None, "tool_calls": [c.model_dump() for c in answer.tool_calls]})
    messages.append({"role": "tool", "tool_call_id": answer.tool_calls[0].id, "content": "rain"})
    messages.append({"role": "assistant", "content": ask().choices[0].message.content})
    messages.append({"role": "user", "content": TOMORROW})
    text = "".join(c.choices[0].delta.content or "" for c in stream() if c.choices)
    messages += [{"role": "assistant", "content": text}, {"role": "user", "content": STORY}]
    answer, read = stream(), ""
    for c in answer:
        read += c.choices[0].delta.content or ""
        if read == "Once upon ":
            break
    getattr(answer, "close", lambda: None)()  # a generator that langfuse 3 gives is closed when nobody has it
    del answer
    messages += [{"role": "assistant", "content": read}, {"role": "user", "content": FAIL}]
    with Fails():
        ask()


async def chat_async(openai, **more):
    messages = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": TODAY}]
    ask = lambda **args: openai.chat.completions.create(model="gpt-4o", messages=messages, tools=[TOOL], **args, **more)
    stream = lambda: ask(stream=True, stream_options={"include_usage": True})
    answer = (await ask()).choices[0].message
    messages.append({"role": "assistant", "content": None, "tool_calls": [c.model_dump() for c in answer.tool_calls]})
    messages.append({"role": "tool", "tool_call_id": answer.tool_calls[0].id, "content": "rain"})
    messages.append({"role": "assistant", "content": (await ask()).choices[0].message.content})
    messages.append({"role": "user", "content": TOMORROW})
    text = ""
    async for c in await stream():
        text += c.choices[0].delta.content or "" if c.choices else ""
    messages += [{"role": "assistant", "content": text}, {"role": "user", "content": STORY}]
    answer, read = await stream(), ""
    async for c in answer:
        read += c.choices[0].delta.content or ""
        if read == "Once upon ":
            break
    await (answer.aclose() if hasattr(answer, "aclose") else answer.close())
    del answer
    messages += [{"role": "assistant", "content": read}, {"role": "user", "content": FAIL}]
    with Fails():
        await ask()


def responses(openai, **more):
    said = [{"role": "user", "content": TODAY}]
    ask = lambda **args: openai.responses.create(model="gpt-4o", instructions=SYSTEM, input=said, tools=[{"type": "function", **FUNCTION}], **args, **more)
    call = ask().output[0]
    said.append({"type": "function_call", "call_id": call.call_id, "name": call.name, "arguments": call.arguments})
    said.append({"type": "function_call_output", "call_id": call.call_id, "output": "rain"})
    said += [{"role": "assistant", "content": ask().output_text}, {"role": "user", "content": TOMORROW}]
    text = "".join(e.delta for e in ask(stream=True) if e.type == "response.output_text.delta")
    said += [{"role": "assistant", "content": text}, {"role": "user", "content": STORY}]
    answer, read = ask(stream=True), ""
    for e in answer:
        read += e.delta if e.type == "response.output_text.delta" else ""
        if read == "Once upon ":
            break
    answer.close()
    del answer
    said += [{"role": "assistant", "content": read}, {"role": "user", "content": FAIL}]
    with Fails():
        ask()


def messages(anthropic, **more):
    said = [{"role": "user", "content": TODAY}]
    tool = {"name": "get_weather", "description": "The weather of a city", "input_schema": PARAMETERS}
    ask = lambda **args: anthropic.messages.create(model="claude-sonnet-4-5", max_tokens=500, system=SYSTEM, messages=said, tools=[tool], **args, **more)
    call = ask().content[0]
    said.append({"role": "assistant", "content": [{"type": "tool_use", "id": call.id, "name": call.name, "input": call.input}]})
    said.append({"role": "user", "content": [{"type": "tool_result", "tool_use_id": call.id, "content": "rain"}]})
    said += [{"role": "assistant", "content": ask().content[0].text}, {"role": "user", "content": TOMORROW}]
    text = "".join(e.delta.text for e in ask(stream=True) if e.type == "content_block_delta")
    said += [{"role": "assistant", "content": text}, {"role": "user", "content": STORY}]
    answer, read = ask(stream=True), ""
    for e in answer:
        read += e.delta.text if e.type == "content_block_delta" else ""
        if read == "Once upon ":
            break
    answer.close()
    del answer
    said += [{"role": "assistant", "content": read}, {"role": "user", "content": FAIL}]
    with Fails():
        ask()


def contents(gemini, **more):
    from google.genai import types

    tool = types.Tool(function_declarations=[types.FunctionDeclaration(name="get_weather", description="The weather of a city", parameters_json_schema=PARAMETERS)])
    text = lambda role, said: types.Content(role=role, parts=[types.Part(text=said)])
    said = [text("user", TODAY)]
    args = lambda: dict(model="gemini-2.5-flash", contents=list(said), config=types.GenerateContentConfig(system_instruction=SYSTEM, tools=[tool]), **more)
    call = gemini.models.generate_content(**args()).function_calls[0]
    said.append(types.Content(role="model", parts=[types.Part(function_call=call)]))
    said.append(types.Content(role="user", parts=[types.Part(function_response=types.FunctionResponse(id=call.id, name=call.name, response={"result": "rain"}))]))
    said += [text("model", gemini.models.generate_content(**args()).text), text("user", TOMORROW)]
    said += [text("model", "".join(c.text for c in gemini.models.generate_content_stream(**args()))), text("user", STORY)]
    answer, read = gemini.models.generate_content_stream(**args()), ""
    for c in answer:
        read += c.text
        if read == "Once upon ":
            break
    answer.close()
    del answer
    said += [text("model", read), text("user", FAIL)]
    with Fails():
        gemini.models.generate_content(**args())


def langchain(model, config):
    """LangChain's chat models with a tool bound to them."""
    from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage

    model = model.bind_tools([TOOL])
    said = [SystemMessage(SYSTEM), HumanMessage(TODAY)]
    answer = model.invoke(said, config)
    said += [answer, ToolMessage("rain", tool_call_id="call_1")]
    said += [AIMessage(model.invoke(said, config).content), HumanMessage(TOMORROW)]
    said += [AIMessage("".join(c.text if isinstance(c.text, str) else c.text() for c in model.stream(said, config))), HumanMessage(STORY)]
    answer, read = model.stream(said, config), ""
    for c in answer:
        read += c.content
        if read == "Once upon ":
            break
    answer.close()
    said += [AIMessage(read), HumanMessage(FAIL)]
    with Fails():
        model.invoke(said, config)


# ---- PostHog's packages ----


def posthog():
    from posthog import Posthog

    client = Posthog(TOKEN, host=ADDRESS)
    return client


@contextlib.contextmanager
def told(client):
    """The context of a request, as posthog's middleware for Django makes it of the headers."""
    from posthog import identify_context, new_context, set_context_session

    with new_context(client=client):
        identify_context("u1")
        set_context_session("s1")
        yield
    client.shutdown()


OF_CALL = {"posthog_trace_id": "t1", "posthog_properties": {"$ai_session_id": "c1"}}


def posthog_openai():
    from posthog.ai.openai import OpenAI

    with told(client := posthog()):
        chat(OpenAI(posthog_client=client, max_retries=0), **OF_CALL)


def posthog_openai_async():
    from posthog.ai.openai import AsyncOpenAI

    with told(client := posthog()):
        asyncio.run(chat_async(AsyncOpenAI(posthog_client=client, max_retries=0), **OF_CALL))


def posthog_openai_responses():
    from posthog.ai.openai import OpenAI

    with told(client := posthog()):
        responses(OpenAI(posthog_client=client, max_retries=0), **OF_CALL)


def posthog_anthropic():
    from posthog.ai.anthropic import Anthropic

    with told(client := posthog()):
        messages(Anthropic(posthog_client=client, max_retries=0), **OF_CALL)


def posthog_gemini():
    from posthog.ai.gemini import Client

    with told(client := posthog()):
        contents(Client(api_key="k", posthog_client=client, http_options={"base_url": ADDRESS}), **OF_CALL)


def posthog_langchain():
    from langchain_openai import ChatOpenAI
    from posthog.ai.langchain import CallbackHandler

    with told(client := posthog()):
        handler = CallbackHandler(client=client, distinct_id="u1", trace_id="t1", properties={"$ai_session_id": "c1"})
        langchain(ChatOpenAI(model="gpt-4o", max_retries=0, stream_usage=True), {"callbacks": [handler]})


def posthog_openai_agents():
    from agents import Agent, ModelSettings, OpenAIChatCompletionsModel, RunConfig, Runner, function_tool, set_default_openai_client, set_trace_processors, trace
    from openai import AsyncOpenAI
    from posthog.ai.openai_agents import PostHogTracingProcessor

    client = posthog()
    set_trace_processors([PostHogTracingProcessor(client=client, distinct_id="u1")])
    with told(client):
        asyncio.run(agents_sdk(OpenAIChatCompletionsModel("gpt-4o", AsyncOpenAI(max_retries=0))))


async def agents_sdk(model):
    from agents import Agent, ModelSettings, Runner, function_tool, trace

    @function_tool
    def get_weather(city: str) -> str:
        """The weather of a city"""
        return "rain"

    agent = Agent(name="Weather", instructions=SYSTEM, model=model, tools=[get_weather], model_settings=ModelSettings(include_usage=True))
    with trace("POST /chat", group_id="c1"):
        first = await Runner.run(agent, TODAY)
        second = Runner.run_streamed(agent, first.to_input_list() + [{"role": "user", "content": TOMORROW}])
        async for _ in second.stream_events():
            pass
        third, read = Runner.run_streamed(agent, second.to_input_list() + [{"role": "user", "content": STORY}]), ""
        async for e in third.stream_events():
            if e.type == "raw_response_event" and e.data.type == "response.output_text.delta":
                read += e.data.delta
            if read == "Once upon ":
                third.cancel()
                break
        with Fails():
            await Runner.run(agent, second.to_input_list() + [{"role": "user", "content": FAIL}])


def posthog_otel():
    from opentelemetry import trace
    from opentelemetry.instrumentation.openai_v2 import OpenAIInstrumentor
    from opentelemetry.sdk.trace import TracerProvider
    from posthog.ai.otel import PostHogSpanProcessor

    os.environ |= {"OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT": "SPAN_ONLY", "OTEL_SEMCONV_STABILITY_OPT_IN": "gen_ai_latest_experimental"}
    spans = TracerProvider()
    spans.add_span_processor(PostHogSpanProcessor(api_key=TOKEN, host=ADDRESS))
    OpenAIInstrumentor().instrument(tracer_provider=spans)
    from openai import OpenAI

    with told(posthog()), trace.get_tracer("weather-bot", tracer_provider=spans).start_as_current_span("POST /chat", attributes=SPAN):
        chat(OpenAI(max_retries=0))
    spans.shutdown()


def posthog_manual():
    """Events by hand, as PostHog's documentation shows them."""
    import time

    from openai import OpenAI

    with told(client := posthog()):
        def send(messages, start, **more):
            client.capture("$ai_generation", properties={
                "$ai_trace_id": "t1", "$ai_session_id": "c1", "$ai_provider": "openai", "$ai_model": "gpt-4o", "$ai_input": json.loads(json.dumps(messages)), "$ai_tools": [TOOL],
                "$ai_latency": time.time() - start} | more)

        def whole(answer):
            return {
                "$ai_model": answer.model, "$ai_output_choices": [c.message.model_dump() for c in answer.choices], "$ai_input_tokens": answer.usage.prompt_tokens,
                "$ai_output_tokens": answer.usage.completion_tokens, "$ai_cache_read_input_tokens": answer.usage.prompt_tokens_details.cached_tokens,
                "$ai_stop_reason": answer.choices[0].finish_reason, "$ai_http_status": 200}

        openai, said = OpenAI(max_retries=0), [{"role": "system", "content": SYSTEM}, {"role": "user", "content": TODAY}]
        by_hand(openai, said, send, whole, time)


def by_hand(openai, said, send, whole, time):
    ask = lambda **args: openai.chat.completions.create(model="gpt-4o", messages=said, tools=[TOOL], **args)
    start = time.time()
    first = ask()
    send(said, start, **whole(first))
    said += [{"role": "assistant", "content": None, "tool_calls": [c.model_dump() for c in first.choices[0].message.tool_calls]}, {"role": "tool", "tool_call_id": "call_1", "content": "rain"}]
    start = time.time()
    second = ask()
    send(said, start, **whole(second))
    said += [{"role": "assistant", "content": second.choices[0].message.content}, {"role": "user", "content": TOMORROW}]
    for stops in (False, True):
        start, text, first_token, usage, finish = time.time(), "", None, None, None
        for c in (answer := ask(stream=True, stream_options={"include_usage": True})):
            usage = c.usage or usage
            if c.choices:
                text += c.choices[0].delta.content or ""
                finish = c.choices[0].finish_reason or finish
                first_token = first_token or (time.time() - start if text else None)
            if text == "Once upon ":
                answer.close()
                break
        of = {"$ai_model": "gpt-4o-2024-08-06", "$ai_time_to_first_token": first_token, "$ai_output_choices": [{"role": "assistant", "content": text}], "$ai_stream": True}
        if usage:
            of |= {"$ai_input_tokens": usage.prompt_tokens, "$ai_output_tokens": usage.completion_tokens, "$ai_cache_read_input_tokens": usage.prompt_tokens_details.cached_tokens}
        send(said, start, **of, **{"$ai_stop_reason": finish or "aborted"})
        said += [{"role": "assistant", "content": text}, {"role": "user", "content": FAIL if stops else STORY}]
    start = time.time()
    try:
        ask()
    except Exception as e:
        send(said, start, **{"$ai_is_error": True, "$ai_error": str(e), "$ai_http_status": e.status_code})


def litellm():
    os.environ |= {"POSTHOG_API_KEY": TOKEN, "POSTHOG_API_URL": ADDRESS}
    import litellm as l

    l.success_callback = l.failure_callback = ["posthog"]

    class Completions:
        create = staticmethod(lambda **args: l.acompletion(
            **(args | {"model": "openai/gpt-4o", "metadata": {"user_id": "u1", "$session_id": "s1", "$ai_session_id": "c1"}, "max_retries": 0, "num_retries": 0})))

    class Client:
        class chat:
            completions = Completions

    async def run():
        await chat_async(Client)
        await asyncio.sleep(7)

    asyncio.run(run())


# ---- OpenTelemetry ----


def providers():
    """A provider of spans and one of logs that send to the server."""
    from opentelemetry import trace
    from opentelemetry._logs import set_logger_provider
    from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk._logs import LoggerProvider
    from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    spans, logs = TracerProvider(), LoggerProvider()
    spans.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    logs.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter()))
    trace.set_tracer_provider(spans)
    set_logger_provider(logs)
    return spans, logs


@contextlib.contextmanager
def request(more=None):
    """The span of the HTTP request around the conversation."""
    from opentelemetry import trace

    with trace.get_tracer("weather-bot").start_as_current_span("POST /chat", attributes=SPAN | (more or {})):
        yield


def instrumented(instrument, talk):
    spans, logs = providers()
    instrument(spans, logs)
    with request():
        talk()
    spans.shutdown(), logs.shutdown()


def talk_openai():
    from openai import OpenAI

    chat(OpenAI(max_retries=0))


def talk_anthropic():
    from anthropic import Anthropic

    messages(Anthropic(max_retries=0))


def otel_openai_v2(latest=False):
    os.environ["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = "SPAN_ONLY" if latest else "true"
    if latest:
        os.environ["OTEL_SEMCONV_STABILITY_OPT_IN"] = "gen_ai_latest_experimental"
    from opentelemetry.instrumentation.openai_v2 import OpenAIInstrumentor

    instrumented(lambda spans, logs: OpenAIInstrumentor().instrument(tracer_provider=spans, logger_provider=logs), talk_openai)


def otel_genai_openai():
    os.environ |= {"OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT": "SPAN_ONLY", "OTEL_SEMCONV_STABILITY_OPT_IN": "gen_ai_latest_experimental"}
    from opentelemetry.instrumentation.genai.openai import OpenAIInstrumentor

    instrumented(lambda spans, logs: OpenAIInstrumentor().instrument(tracer_provider=spans, logger_provider=logs), talk_openai)


def openllmetry():
    from opentelemetry.instrumentation.openai import OpenAIInstrumentor

    instrumented(lambda spans, logs: OpenAIInstrumentor().instrument(tracer_provider=spans), talk_openai)


def openllmetry_anthropic():
    from opentelemetry.instrumentation.anthropic import AnthropicInstrumentor

    instrumented(lambda spans, logs: AnthropicInstrumentor().instrument(tracer_provider=spans), talk_anthropic)


def openinference():
    from openinference.instrumentation import using_attributes
    from openinference.instrumentation.openai import OpenAIInstrumentor

    def talk():
        with using_attributes(session_id="c1", user_id="u1"):
            talk_openai()

    instrumented(lambda spans, logs: OpenAIInstrumentor().instrument(tracer_provider=spans), talk)


def openinference_anthropic():
    from openinference.instrumentation import using_attributes
    from openinference.instrumentation.anthropic import AnthropicInstrumentor

    def talk():
        with using_attributes(session_id="c1", user_id="u1"):
            talk_anthropic()

    instrumented(lambda spans, logs: AnthropicInstrumentor().instrument(tracer_provider=spans), talk)


def openinference_langchain():
    from openinference.instrumentation import using_attributes
    from openinference.instrumentation.langchain import LangChainInstrumentor

    def talk():
        from langchain_openai import ChatOpenAI

        with using_attributes(session_id="c1", user_id="u1"):
            langchain(ChatOpenAI(model="gpt-4o", max_retries=0, stream_usage=True), {})

    instrumented(lambda spans, logs: LangChainInstrumentor().instrument(tracer_provider=spans), talk)


def langfuse():
    os.environ |= {"LANGFUSE_PUBLIC_KEY": TOKEN, "LANGFUSE_SECRET_KEY": "sk", "LANGFUSE_BASE_URL": ADDRESS, "LANGFUSE_HOST": ADDRESS}
    del os.environ["OTEL_EXPORTER_OTLP_HEADERS"]
    from langfuse import get_client, propagate_attributes
    from langfuse.openai import OpenAI

    with get_client().start_as_current_observation(name="POST /chat"), propagate_attributes(user_id="u1", session_id="c1", metadata={"$session_id": "s1"}):
        chat(OpenAI(max_retries=0))
    get_client().flush()


def langfuse_3():
    os.environ |= {"LANGFUSE_PUBLIC_KEY": TOKEN, "LANGFUSE_SECRET_KEY": "sk", "LANGFUSE_HOST": ADDRESS}
    del os.environ["OTEL_EXPORTER_OTLP_HEADERS"]
    from langfuse import get_client
    from langfuse.openai import OpenAI

    with get_client().start_as_current_span(name="POST /chat") as span:
        span.update_trace(user_id="u1", session_id="c1", metadata={"$session_id": "s1"})
        chat(OpenAI(max_retries=0))
    get_client().flush()


def mlflow():
    import tempfile

    del os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"]  # it would send metrics of its own, too
    os.environ |= {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": ADDRESS + "/v1/traces", "MLFLOW_TRACKING_URI": "file://" + tempfile.mkdtemp(), "MLFLOW_ALLOW_FILE_STORE": "true"}
    import mlflow as m

    m.openai.autolog()
    with m.start_span(name="POST /chat") as span:
        m.update_current_trace(metadata={"mlflow.trace.user": "u1", "mlflow.trace.session": "c1"})
        span.set_attribute("$session_id", "s1")
        talk_openai()
    m.flush_trace_async_logging()


def logfire():
    import logfire as l

    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    # It replaces what is named like a session unless told otherwise.
    l.configure(send_to_logfire=False, console=False, scrubbing=False, additional_span_processors=[BatchSpanProcessor(OTLPSpanExporter())])
    from openai import OpenAI

    client = OpenAI(max_retries=0)
    l.instrument_openai(client)
    with l.span("POST /chat", **SPAN):
        chat(client)
    l.force_flush()
    l.shutdown()


def pydantic_ai(version=None):
    from opentelemetry import trace
    from pydantic_ai import Agent, InstrumentationSettings
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider
    from openai import AsyncOpenAI

    spans, logs = providers()
    Agent.instrument_all(InstrumentationSettings(tracer_provider=spans, **({"version": version} if version else {})))
    agent = Agent(OpenAIChatModel("gpt-4o", provider=OpenAIProvider(openai_client=AsyncOpenAI(max_retries=0))), instructions=SYSTEM)

    @agent.tool_plain
    def get_weather(city: str) -> str:
        """The weather of a city"""
        return "rain"

    async def talk():
        first = await agent.run(TODAY, conversation_id="c1")
        async with agent.run_stream(TOMORROW, message_history=first.all_messages(), conversation_id="c1") as second:
            async for _ in second.stream_text():
                pass
        async with agent.run_stream(STORY, message_history=second.all_messages(), conversation_id="c1") as third:
            async for text in third.stream_text(debounce_by=None):
                if text.startswith("Once upon"):
                    break
        with Fails():
            await agent.run(FAIL, message_history=second.all_messages(), conversation_id="c1")

    with request():
        asyncio.run(talk())
    spans.shutdown(), logs.shutdown()


def strands():
    os.environ["OTEL_SEMCONV_STABILITY_OPT_IN"] = os.environ.get("OPT_IN", "")
    from strands import Agent, tool
    from strands.models.openai import OpenAIModel

    spans, logs = providers()

    @tool
    def get_weather(city: str) -> str:
        """The weather of a city"""
        return "rain"

    async def talk():
        agent = Agent(model=OpenAIModel(client_args={"max_retries": 0}, model_id="gpt-4o"), system_prompt=SYSTEM, tools=[get_weather], callback_handler=None, trace_attributes={"session.id": "c1", "user.id": "u1"})
        await agent.invoke_async(TODAY)
        async for _ in agent.stream_async(TOMORROW):
            pass
        read = ""
        stream = agent.stream_async(STORY)
        async for e in stream:
            read += e.get("data", "")
            if read == "Once upon ":
                break
        await stream.aclose()
        with Fails():
            await Agent(model=OpenAIModel(client_args={"max_retries": 0}, model_id="gpt-4o"), system_prompt=SYSTEM, callback_handler=None, trace_attributes={"session.id": "c1", "user.id": "u1"}).invoke_async(FAIL)

    with request():
        asyncio.run(talk())
    spans.shutdown(), logs.shutdown()


def google_adk():
    from google.adk.agents import Agent, RunConfig
    from google.adk.agents.run_config import StreamingMode
    from google.adk.models import Gemini
    from google.adk.runners import InMemoryRunner
    from google.genai import types

    os.environ |= {"OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT": "true", "ADK_CAPTURE_MESSAGE_CONTENT_IN_SPANS": "true", "GOOGLE_GEMINI_BASE_URL": ADDRESS}
    spans, logs = providers()

    def get_weather(city: str) -> str:
        """The weather of a city"""
        return "rain"

    async def talk():
        agent = Agent(name="weather", model=Gemini(model="gemini-2.5-flash"), instruction=SYSTEM, tools=[get_weather])
        runner = InMemoryRunner(agent=agent, app_name="weather")
        await runner.session_service.create_session(app_name="weather", user_id="u1", session_id="c1")

        async def say(text, config=None, stop=False):
            read, answer = "", runner.run_async(user_id="u1", session_id="c1", new_message=types.Content(role="user", parts=[types.Part(text=text)]), run_config=config)
            async for e in answer:
                read += "".join(p.text or "" for p in e.content.parts) if e.content and e.partial else ""
                if stop and read == "Once upon ":
                    break
            await answer.aclose()

        await say(TODAY)
        await say(TOMORROW, RunConfig(streaming_mode=StreamingMode.SSE))
        await say(STORY, RunConfig(streaming_mode=StreamingMode.SSE), True)
        with Fails():
            await say(FAIL)

    with request():
        asyncio.run(talk())
    spans.shutdown(), logs.shutdown()


def semantic_kernel():
    os.environ["SEMANTICKERNEL_EXPERIMENTAL_GENAI_ENABLE_OTEL_DIAGNOSTICS_SENSITIVE"] = "true"
    spans, logs = providers()
    import logging

    from openai import AsyncOpenAI
    from opentelemetry.sdk._logs import LoggingHandler
    from semantic_kernel.connectors.ai.function_choice_behavior import FunctionChoiceBehavior
    from semantic_kernel.connectors.ai.open_ai import OpenAIChatCompletion, OpenAIChatPromptExecutionSettings
    from semantic_kernel.contents import ChatHistory
    from semantic_kernel.functions import kernel_function
    from semantic_kernel.kernel import Kernel

    logging.getLogger().addHandler(LoggingHandler(logger_provider=logs))
    logging.getLogger("semantic_kernel").setLevel(logging.INFO)

    class Weather:
        @kernel_function(name="get_weather", description="The weather of a city")
        def get_weather(self, city: str) -> str:
            return "rain"

    async def talk():
        kernel, service = Kernel(), OpenAIChatCompletion(ai_model_id="gpt-4o", async_client=AsyncOpenAI(max_retries=0))
        kernel.add_plugin(Weather(), "w")
        settings, history = OpenAIChatPromptExecutionSettings(function_choice_behavior=FunctionChoiceBehavior.Auto()), ChatHistory(system_message=SYSTEM)
        history.add_user_message(TODAY)
        answer = await service.get_chat_message_content(history, settings, kernel=kernel)
        history.add_assistant_message(str(answer))
        history.add_user_message(TOMORROW)
        text = ""
        async for c in service.get_streaming_chat_message_content(history, settings, kernel=kernel):
            text += str(c)
        history.add_assistant_message(text)
        history.add_user_message(STORY)
        read, stream = "", service.get_streaming_chat_message_content(history, settings, kernel=kernel)
        async for c in stream:
            read += str(c)
            if read == "Once upon ":
                break
        await stream.aclose()
        history.add_assistant_message(read)
        history.add_user_message(FAIL)
        with Fails():
            await service.get_chat_message_content(history, settings, kernel=kernel)

    with request():
        asyncio.run(talk())
    spans.shutdown(), logs.shutdown()


def agent_framework():
    spans, logs = providers()
    from agent_framework import Agent, tool
    from agent_framework.observability import enable_instrumentation
    from agent_framework.openai import OpenAIChatCompletionClient
    from openai import AsyncOpenAI

    enable_instrumentation(enable_sensitive_data=True)

    @tool(approval_mode="never_require")
    def get_weather(city: str) -> str:
        """The weather of a city"""
        return "rain"

    async def talk():
        agent = Agent(client=OpenAIChatCompletionClient(model="gpt-4o", async_client=AsyncOpenAI(max_retries=0)), name="Weather", instructions=SYSTEM, tools=[get_weather])
        session = agent.create_session(session_id="c1")
        await agent.run(TODAY, session=session)
        async for _ in agent.run(TOMORROW, session=session, stream=True):
            pass
        read, stream = "", agent.run(STORY, session=session, stream=True)
        async for c in stream:
            read += c.text
            if read == "Once upon ":
                break
        with Fails():
            await agent.run(FAIL, session=session)

    with request():
        asyncio.run(talk())
    spans.shutdown(), logs.shutdown()


def langsmith():
    os.environ |= {"LANGSMITH_OTEL_ENABLED": "true", "LANGSMITH_OTEL_ONLY": "true", "LANGSMITH_TRACING": "true", "LANGSMITH_API_KEY": "k", "LANGSMITH_ENDPOINT": ADDRESS}
    spans, logs = providers()
    from langsmith import traceable
    from langsmith.wrappers import wrap_openai
    from openai import OpenAI

    @traceable(name="POST /chat", metadata={"session_id": "c1", "user_id": "u1", "$session_id": "s1"})
    def talk():
        chat(wrap_openai(OpenAI(max_retries=0)))

    talk()
    from langsmith.run_trees import get_cached_client

    get_cached_client().flush()
    spans.shutdown(), logs.shutdown()


def by_name(name):
    more = {"otel-openai-v2-latest": lambda: otel_openai_v2(True), "openllmetry-0.40": openllmetry, "openllmetry-anthropic-0.40": openllmetry_anthropic,
            "pydantic-ai-2": lambda: pydantic_ai(2), "pydantic-ai-3": lambda: pydantic_ai(3), "langfuse-4": langfuse, "strands-latest": lambda: (os.environ.update(OPT_IN="gen_ai_latest_experimental"), strands())}
    return more.get(name) or globals()[name.removesuffix("-py").replace("-", "_")]


if __name__ == "__main__":
    by_name(sys.argv[1])()
