"""The scripted conversation through unmodified clients in Python: python clients.py ADDRESS CLIENT. One process for each client, because instrumentations change the
OpenAI client for good."""

import asyncio
import os
import sys

address, client = sys.argv[1], sys.argv[2]
endpoint = f"{address}/{client}"
os.environ["OPENAI_BASE_URL"], os.environ["OPENAI_API_KEY"] = f"{address}/v1", "sk-test"
os.environ["OTEL_SERVICE_NAME"] = "weather-bot"
SYSTEM, TODAY, TOMORROW = "Answer briefly.", "What is the weather in Oslo today?", "And tomorrow?"
TOOL = {
    "type": "function",
    "function": {"name": "get_weather", "description": "The weather of a city", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}},
}


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
    spans.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(f"{endpoint}/v1/traces")))
    logs.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter(f"{endpoint}/v1/logs")))
    trace.set_tracer_provider(spans)
    set_logger_provider(logs)
    return spans, logs


def converse(openai):
    """The conversation with OpenAI's client: a tool call, its result, a streamed answer, an error."""
    messages = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": TODAY}]
    ask = lambda **more: openai.chat.completions.create(model="gpt-4o", messages=messages, tools=[TOOL], **more)
    answer = ask().choices[0].message
    messages.append({"role": "assistant", "tool_calls": [call.model_dump() for call in answer.tool_calls]})
    messages.append({"role": "tool", "tool_call_id": answer.tool_calls[0].id, "content": "rain"})
    messages.append({"role": "assistant", "content": ask().choices[0].message.content})
    messages.append({"role": "user", "content": TOMORROW})
    text = "".join(chunk.choices[0].delta.content or "" for chunk in ask(stream=True, stream_options={"include_usage": True}) if chunk.choices)
    messages.append({"role": "assistant", "content": text})
    messages.append({"role": "user", "content": "fail"})
    try:
        ask()
        raise SystemExit("the error did not come")
    except Exception as error:
        print(type(error).__name__)


def with_openai(instrument, new=None):
    spans, logs = providers()
    instrument(spans, logs)
    if new is None:
        from openai import OpenAI as new
    from opentelemetry import trace

    with trace.get_tracer("weather-bot").start_as_current_span("POST /chat", attributes={"http.request.header.x-posthog-session-id": ["s1"]}):
        converse(new())
    spans.shutdown(), logs.shutdown()


def openai_v2(latest):
    os.environ["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = "SPAN_ONLY" if latest else "true"
    if latest:
        os.environ["OTEL_SEMCONV_STABILITY_OPT_IN"] = "gen_ai_latest_experimental"
    from opentelemetry.instrumentation.openai_v2 import OpenAIInstrumentor

    with_openai(lambda spans, logs: OpenAIInstrumentor().instrument(tracer_provider=spans))


def openllmetry():
    os.environ["TRACELOOP_TRACE_CONTENT"] = "true"
    from opentelemetry.instrumentation.openai import OpenAIInstrumentor

    with_openai(lambda spans, logs: OpenAIInstrumentor().instrument(tracer_provider=spans))


def openinference():
    from openinference.instrumentation.openai import OpenAIInstrumentor

    with_openai(lambda spans, logs: OpenAIInstrumentor().instrument(tracer_provider=spans))


def langfuse():
    os.environ |= {"LANGFUSE_PUBLIC_KEY": "phc_x", "LANGFUSE_SECRET_KEY": "sk", "LANGFUSE_BASE_URL": endpoint, "LANGFUSE_HOST": endpoint}
    from langfuse import get_client
    from langfuse.openai import OpenAI

    with get_client().start_as_current_observation(name="POST /chat", metadata={"$session_id": "s1"}):
        converse(OpenAI())
    get_client().flush()


def pydantic_ai():
    spans, logs = providers()
    from opentelemetry import trace
    from pydantic_ai import Agent, InstrumentationSettings
    from pydantic_ai.models.openai import OpenAIChatModel

    Agent.instrument_all(InstrumentationSettings(tracer_provider=spans))
    agent = Agent(OpenAIChatModel("gpt-4o"), instructions=SYSTEM)

    @agent.tool_plain
    def get_weather(city: str) -> str:
        return "rain"

    async def talk():
        first = await agent.run(TODAY)
        async with agent.run_stream(TOMORROW, message_history=first.all_messages()) as second:
            async for _ in second.stream_text():
                pass
        try:
            await agent.run("fail", message_history=second.all_messages())
            raise SystemExit("the error did not come")
        except Exception as error:
            print(type(error).__name__)

    with trace.get_tracer("weather-bot").start_as_current_span("POST /chat", attributes={"http.request.header.x-posthog-session-id": ["s1"]}):
        asyncio.run(talk())
    spans.shutdown(), logs.shutdown()


{
    "otel-openai-v2": lambda: openai_v2(False), "otel-openai-v2-latest": lambda: openai_v2(True), "openllmetry": openllmetry,
    "openinference": openinference, "langfuse": langfuse, "pydantic-ai": pydantic_ai,
}[client]()
