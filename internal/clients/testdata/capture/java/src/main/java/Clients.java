import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.posthog.server.PostHog;
import com.posthog.server.PostHogCaptureOptions;
import com.posthog.server.PostHogConfig;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The scripted conversation through unmodified clients in Java: Clients CLIENT. See clients.py, which says what ADDRESS and TOKEN are and whose ids a client is told. */
public final class Clients {
  static final String ADDRESS = System.getenv("ADDRESS"), TOKEN = System.getenv("TOKEN");
  static final Gson GSON = new Gson();
  static final JsonArray TOOLS = JsonParser.parseString(
      "[{\"type\":\"function\",\"function\":{\"name\":\"get_weather\",\"description\":\"The weather of a city\","
          + "\"parameters\":{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}},\"required\":[\"city\"]}}}]").getAsJsonArray();
  static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** What a call of OpenAI's chat completions came to. */
  static final class Call {
    JsonArray messages;
    JsonObject message, usage;
    String model = "gpt-4o", finish, error;
    boolean stream, stopped;
    Instant began, first, ended;

    int used(String name) {
      return usage.get(name).getAsInt();
    }

    int cached() {
      return usage.getAsJsonObject("prompt_tokens_details").get("cached_tokens").getAsInt();
    }

    double seconds() {
      return Duration.between(began, ended).toNanos() / 1e9;
    }

    double untilFirst() {
      return Duration.between(began, first).toNanos() / 1e9;
    }
  }

  static JsonObject say(String role, String text) {
    JsonObject m = new JsonObject();
    m.addProperty("role", role);
    m.addProperty("content", text);
    return m;
  }

  /** Makes a call; after two words it stops the stream of a story. */
  static Call ask(JsonArray messages, boolean stream) throws Exception {
    Call c = new Call();
    c.messages = messages.deepCopy();
    c.stream = stream;
    JsonObject request = new JsonObject();
    request.addProperty("model", "gpt-4o");
    request.add("messages", messages);
    request.add("tools", TOOLS);
    if (stream) {
      request.addProperty("stream", true);
      request.add("stream_options", JsonParser.parseString("{\"include_usage\":true}"));
    }
    c.began = Instant.now();
    HttpRequest r = HttpRequest.newBuilder(URI.create(ADDRESS + "/v1/chat/completions")).header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(request.toString())).build();
    if (!stream) {
      HttpResponse<String> answer = HTTP.send(r, HttpResponse.BodyHandlers.ofString());
      c.ended = Instant.now();
      JsonObject whole = JsonParser.parseString(answer.body()).getAsJsonObject();
      if (answer.statusCode() != 200) {
        c.error = whole.getAsJsonObject("error").get("message").getAsString();
        return c;
      }
      JsonObject choice = whole.getAsJsonArray("choices").get(0).getAsJsonObject();
      c.message = choice.getAsJsonObject("message");
      c.finish = choice.get("finish_reason").getAsString();
      c.model = whole.get("model").getAsString();
      c.usage = whole.getAsJsonObject("usage");
      return c;
    }
    StringBuilder text = new StringBuilder();
    try (var lines = HTTP.send(r, HttpResponse.BodyHandlers.ofLines()).body()) {
      for (var i = lines.iterator(); i.hasNext() && !c.stopped; ) {
        String line = i.next();
        if (!line.startsWith("data: {")) continue;
        JsonObject chunk = JsonParser.parseString(line.substring(6)).getAsJsonObject();
        c.model = chunk.get("model").getAsString();
        if (chunk.has("usage")) c.usage = chunk.getAsJsonObject("usage");
        for (var choice : chunk.getAsJsonArray("choices")) {
          JsonObject delta = choice.getAsJsonObject().getAsJsonObject("delta");
          if (delta.has("content")) text.append(delta.get("content").getAsString());
          if (!choice.getAsJsonObject().get("finish_reason").isJsonNull()) c.finish = choice.getAsJsonObject().get("finish_reason").getAsString();
        }
        if (c.first == null && text.length() > 0) c.first = Instant.now();
        c.stopped = text.toString().equals("Once upon ");
      }
    }
    c.ended = Instant.now();
    c.message = say("assistant", text.toString());
    return c;
  }

  /** Holds the conversation, and tells what each call was asked and answered. */
  static void converse(Consumer<Call> tell) throws Exception {
    JsonArray messages = new JsonArray();
    messages.add(say("system", "Answer briefly."));
    messages.add(say("user", "What is the weather in Oslo today?"));
    Call c = ask(messages, false);
    tell.accept(c);
    JsonObject call = new JsonObject();
    call.addProperty("role", "assistant");
    call.add("content", null);
    call.add("tool_calls", c.message.get("tool_calls"));
    messages.add(call);
    JsonObject result = say("tool", "rain");
    result.addProperty("tool_call_id", "call_1");
    messages.add(result);
    String[] next = {"And tomorrow?", "Tell me a story.", "fail"};
    for (int i = 0; i < next.length; i++) {
      c = ask(messages, i > 0);
      tell.accept(c);
      messages.add(say("assistant", c.message.get("content").getAsString()));
      messages.add(say("user", next[i]));
    }
    c = ask(messages, false);
    tell.accept(c);
    if (c.error == null) throw new IllegalStateException("the error did not come");
  }

  static void posthog() throws Exception {
    var client = PostHog.with(PostHogConfig.builder(TOKEN).host(ADDRESS).build());
    converse(c -> {
      var o = PostHogCaptureOptions.builder().property("$session_id", "s1").property("$ai_session_id", "c1").property("$ai_trace_id", "t1").property("$ai_provider", "openai")
          .property("$ai_model", c.model).property("$ai_input", GSON.fromJson(c.messages, List.class)).property("$ai_tools", GSON.fromJson(TOOLS, List.class))
          .property("$ai_latency", c.seconds()).property("$ai_stream", c.stream);
      if (c.error != null) {
        o.property("$ai_is_error", true).property("$ai_error", c.error);
      } else {
        o.property("$ai_output_choices", List.of(GSON.fromJson(c.message, Map.class))).property("$ai_stop_reason", c.stopped ? "aborted" : c.finish);
      }
      if (c.usage != null) {
        o.property("$ai_input_tokens", c.used("prompt_tokens")).property("$ai_output_tokens", c.used("completion_tokens")).property("$ai_cache_read_input_tokens", c.cached());
      }
      if (c.first != null) o.property("$ai_time_to_first_token", c.untilFirst());
      client.capture("u1", "$ai_generation", o.build());
    });
    client.flush();
    Thread.sleep(1000);
    client.close();
  }

  /** OpenAI's messages in the shape of the conventions. */
  static String parts(JsonArray messages) {
    List<Object> all = new ArrayList<>();
    for (var each : messages) {
      JsonObject m = each.getAsJsonObject();
      List<Object> of = new ArrayList<>();
      if (m.has("tool_call_id")) {
        of.add(Map.of("type", "tool_call_response", "id", m.get("tool_call_id"), "response", m.get("content")));
      } else if (m.has("content") && m.get("content").isJsonPrimitive()) {
        of.add(Map.of("type", "text", "content", m.get("content")));
      }
      if (m.has("tool_calls")) {
        for (var call : m.getAsJsonArray("tool_calls")) {
          JsonObject f = call.getAsJsonObject().getAsJsonObject("function");
          of.add(Map.of("type", "tool_call", "id", call.getAsJsonObject().get("id"), "name", f.get("name"), "arguments", JsonParser.parseString(f.get("arguments").getAsString())));
        }
      }
      all.add(Map.of("role", m.get("role"), "parts", of));
    }
    return GSON.toJson(all);
  }

  /** Spans by hand, by the conventions of 1.41. */
  static void otel() throws Exception {
    var exporter = OtlpHttpSpanExporter.builder().setEndpoint(ADDRESS + "/v1/traces").addHeader("Authorization", "Bearer " + TOKEN).build();
    var provider = SdkTracerProvider.builder().addSpanProcessor(BatchSpanProcessor.builder(exporter).build()).build();
    var tracer = provider.get("weather-bot");
    var root = tracer.spanBuilder("POST /chat").setSpanKind(SpanKind.SERVER)
        .setAttribute(AttributeKey.stringArrayKey("http.request.header.x-posthog-session-id"), List.of("s1"))
        .setAttribute(AttributeKey.stringArrayKey("http.request.header.x-posthog-distinct-id"), List.of("u1")).startSpan();
    converse(c -> {
      var span = tracer.spanBuilder("chat gpt-4o").setParent(Context.root().with(root)).setSpanKind(SpanKind.CLIENT).setStartTimestamp(c.began)
          .setAttribute("gen_ai.operation.name", "chat").setAttribute("gen_ai.provider.name", "openai").setAttribute("gen_ai.request.model", "gpt-4o")
          .setAttribute("gen_ai.conversation.id", "c1").setAttribute("gen_ai.input.messages", parts(c.messages)).setAttribute("gen_ai.tool.definitions", TOOLS.toString()).startSpan();
      if (c.error != null) {
        span.setStatus(StatusCode.ERROR, c.error);
      } else {
        JsonArray answer = new JsonArray();
        answer.add(c.message);
        span.setAttribute("gen_ai.response.model", c.model).setAttribute("gen_ai.output.messages", parts(answer));
        span.setAttribute(AttributeKey.stringArrayKey("gen_ai.response.finish_reasons"), List.of(c.stopped ? "cancelled" : c.finish));
      }
      if (c.usage != null) {
        span.setAttribute("gen_ai.usage.input_tokens", c.used("prompt_tokens")).setAttribute("gen_ai.usage.output_tokens", c.used("completion_tokens"))
            .setAttribute("gen_ai.usage.cache_read.input_tokens", c.cached());
      }
      if (c.first != null) span.setAttribute("gen_ai.response.time_to_first_chunk", c.untilFirst());
      span.end(c.ended);
    });
    root.end();
    provider.shutdown().join(10, TimeUnit.SECONDS);
  }

  public static void main(String[] args) throws Exception {
    if (args[0].equals("posthog-java")) posthog();
    else otel();
    System.exit(0);
  }
}
