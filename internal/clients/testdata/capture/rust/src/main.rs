//! The scripted conversation through unmodified clients in Rust: clients CLIENT. See clients.py, which says what ADDRESS and TOKEN are and whose ids a client is told.
use opentelemetry::trace::{Span, SpanBuilder, Status, TraceContextExt, Tracer, TracerProvider};
use opentelemetry::{Context, KeyValue};
use opentelemetry_otlp::{WithExportConfig, WithHttpConfig};
use serde_json::{json, Value};
use std::io::{BufRead, BufReader};
use std::time::{Duration, SystemTime};

fn env(name: &str) -> String {
    std::env::var(name).unwrap()
}

fn tools() -> Value {
    let parameters = json!({"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]});
    json!([{"type": "function", "function": {"name": "get_weather", "description": "The weather of a city", "parameters": parameters}}])
}

/// What a call of OpenAI's chat completions came to.
struct Call {
    messages: Vec<Value>,
    message: Value,
    model: String,
    usage: Option<Value>,
    finish: Option<String>,
    error: Option<String>,
    stream: bool,
    stopped: bool,
    began: SystemTime,
    ended: SystemTime,
    first: Option<Duration>,
}

/// Makes a call; after two words it stops the stream of a story.
fn ask(messages: &[Value], stream: bool) -> Call {
    let mut request = json!({"model": "gpt-4o", "messages": messages, "tools": tools()});
    if stream {
        request["stream"] = json!(true);
        request["stream_options"] = json!({"include_usage": true});
    }
    let began = SystemTime::now();
    let mut c = Call { messages: messages.to_vec(), message: Value::Null, model: "gpt-4o".into(), usage: None, finish: None, error: None, stream, stopped: false, began, ended: began, first: None };
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let answer = agent.post(env("ADDRESS") + "/v1/chat/completions").header("Content-Type", "application/json").send(request.to_string()).unwrap();
    let failed = answer.status() != 200;
    let body = BufReader::new(answer.into_body().into_reader());
    if failed || !stream {
        let whole: Value = serde_json::from_reader(body).unwrap();
        c.ended = SystemTime::now();
        if failed {
            c.error = Some(whole["error"]["message"].as_str().unwrap().into());
            return c;
        }
        c.message = whole["choices"][0]["message"].clone();
        c.finish = whole["choices"][0]["finish_reason"].as_str().map(Into::into);
        c.model = whole["model"].as_str().unwrap().into();
        c.usage = Some(whole["usage"].clone());
        return c;
    }
    let mut text = String::new();
    for line in body.lines() {
        let line = line.unwrap();
        let Some(data) = line.strip_prefix("data: ").filter(|d| *d != "[DONE]") else { continue };
        let chunk: Value = serde_json::from_str(data).unwrap();
        c.model = chunk["model"].as_str().unwrap().into();
        if chunk["usage"].is_object() {
            c.usage = Some(chunk["usage"].clone());
        }
        text += chunk["choices"][0]["delta"]["content"].as_str().unwrap_or("");
        c.finish = chunk["choices"][0]["finish_reason"].as_str().map(Into::into).or(c.finish);
        if c.first.is_none() && !text.is_empty() {
            c.first = began.elapsed().ok();
        }
        if text == "Once upon " {
            c.stopped = true;
            break;
        }
    }
    c.ended = SystemTime::now();
    c.message = json!({"role": "assistant", "content": text});
    c
}

/// Holds the conversation, and tells what each call was asked and answered.
fn converse(tell: &dyn Fn(&Call)) {
    let say = |role: &str, text: &Value| json!({"role": role, "content": text});
    let mut messages = vec![say("system", &json!("Answer briefly.")), say("user", &json!("What is the weather in Oslo today?"))];
    let one = |messages: &[Value], stream| {
        let c = ask(messages, stream);
        tell(&c);
        c
    };
    let c = one(&messages, false);
    messages.push(json!({"role": "assistant", "content": null, "tool_calls": c.message["tool_calls"]}));
    messages.push(json!({"role": "tool", "tool_call_id": "call_1", "content": "rain"}));
    for (next, stream) in [("And tomorrow?", false), ("Tell me a story.", true), ("fail", true)] {
        let c = one(&messages, stream);
        messages.push(say("assistant", &c.message["content"]));
        messages.push(say("user", &json!(next)));
    }
    assert!(one(&messages, false).error.is_some(), "the error did not come");
}

fn seconds(c: &Call) -> f64 {
    c.ended.duration_since(c.began).unwrap().as_secs_f64()
}

fn posthog_rs() {
    let client = posthog_rs::client((env("TOKEN").as_str(), env("ADDRESS").as_str()));
    converse(&|c| {
        let mut e = posthog_rs::Event::new("$ai_generation", "u1");
        let mut set = |name: &str, value: Value| e.insert_prop(name, value).unwrap();
        for (name, value) in [("$session_id", "s1"), ("$ai_session_id", "c1"), ("$ai_trace_id", "t1"), ("$ai_provider", "openai"), ("$ai_model", c.model.as_str())] {
            set(name, json!(value));
        }
        set("$ai_input", json!(c.messages));
        set("$ai_tools", tools());
        set("$ai_latency", json!(seconds(c)));
        set("$ai_stream", json!(c.stream));
        if let Some(error) = &c.error {
            set("$ai_is_error", json!(true));
            set("$ai_error", json!(error));
        } else {
            set("$ai_output_choices", json!([c.message]));
            set("$ai_stop_reason", json!(if c.stopped { Some("aborted") } else { c.finish.as_deref() }));
        }
        if let Some(usage) = &c.usage {
            set("$ai_input_tokens", usage["prompt_tokens"].clone());
            set("$ai_output_tokens", usage["completion_tokens"].clone());
            set("$ai_cache_read_input_tokens", usage["prompt_tokens_details"]["cached_tokens"].clone());
        }
        if let Some(first) = c.first {
            set("$ai_time_to_first_token", json!(first.as_secs_f64()));
        }
        client.capture(e);
    });
    client.shutdown();
}

/// OpenAI's messages in the shape of the conventions.
fn parts(messages: &[Value]) -> String {
    let mut all = vec![];
    for m in messages {
        let mut of = vec![];
        if m["tool_call_id"].is_string() {
            of.push(json!({"type": "tool_call_response", "id": m["tool_call_id"], "response": m["content"]}));
        } else if m["content"].is_string() {
            of.push(json!({"type": "text", "content": m["content"]}));
        }
        for c in m["tool_calls"].as_array().into_iter().flatten() {
            let arguments: Value = serde_json::from_str(c["function"]["arguments"].as_str().unwrap()).unwrap();
            of.push(json!({"type": "tool_call", "id": c["id"], "name": c["function"]["name"], "arguments": arguments}));
        }
        all.push(json!({"role": m["role"], "parts": of}));
    }
    json!(all).to_string()
}

/// Spans by hand, by the conventions of 1.41: there is no instrumentation of Rust's clients.
fn otel_rust() {
    let headers = [("authorization".to_string(), "Bearer ".to_string() + &env("TOKEN"))].into_iter().collect();
    let exporter = opentelemetry_otlp::SpanExporter::builder().with_http().with_endpoint(env("ADDRESS") + "/v1/traces").with_headers(headers).build().unwrap();
    let provider = opentelemetry_sdk::trace::SdkTracerProvider::builder().with_batch_exporter(exporter).build();
    let tracer = provider.tracer("weather-bot");
    let mut root = tracer.start("POST /chat");
    for (name, value) in [("session-id", "s1"), ("distinct-id", "u1")] {
        let values = opentelemetry::Array::String(vec![value.into()]);
        root.set_attribute(KeyValue::new(format!("http.request.header.x-posthog-{name}"), opentelemetry::Value::Array(values)));
    }
    let around = Context::new().with_span(root);
    converse(&|c| {
        let mut span = tracer.build_with_context(SpanBuilder::from_name("chat gpt-4o").with_start_time(c.began), &around);
        for (name, value) in [
            ("gen_ai.operation.name", "chat".to_string()), ("gen_ai.provider.name", "openai".into()), ("gen_ai.request.model", "gpt-4o".into()),
            ("gen_ai.conversation.id", "c1".into()), ("gen_ai.input.messages", parts(&c.messages)), ("gen_ai.tool.definitions", tools().to_string()),
        ] {
            span.set_attribute(KeyValue::new(name, value));
        }
        if let Some(error) = &c.error {
            span.set_status(Status::error(error.clone()));
        } else {
            span.set_attribute(KeyValue::new("gen_ai.response.model", c.model.clone()));
            span.set_attribute(KeyValue::new("gen_ai.output.messages", parts(std::slice::from_ref(&c.message))));
            let reason = if c.stopped { "cancelled".to_string() } else { c.finish.clone().unwrap_or_default() };
            span.set_attribute(KeyValue::new("gen_ai.response.finish_reasons", opentelemetry::Value::Array(opentelemetry::Array::String(vec![reason.into()]))));
        }
        if let Some(usage) = &c.usage {
            span.set_attribute(KeyValue::new("gen_ai.usage.input_tokens", usage["prompt_tokens"].as_i64().unwrap()));
            span.set_attribute(KeyValue::new("gen_ai.usage.output_tokens", usage["completion_tokens"].as_i64().unwrap()));
            span.set_attribute(KeyValue::new("gen_ai.usage.cache_read.input_tokens", usage["prompt_tokens_details"]["cached_tokens"].as_i64().unwrap()));
        }
        if let Some(first) = c.first {
            span.set_attribute(KeyValue::new("gen_ai.response.time_to_first_chunk", first.as_secs_f64()));
        }
        span.end_with_timestamp(c.ended);
    });
    around.span().end();
    provider.shutdown().unwrap();
}

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("posthog-rs") => posthog_rs(),
        Some("otel-rust") => otel_rust(),
        other => panic!("no client {other:?}"),
    }
}
