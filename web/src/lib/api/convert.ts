// Wire to domain. Nothing else in the UI reads the wire's field names.
import type {
  Call,
  CallDetail,
  Content,
  Feedback,
  Kind,
  Link,
  Mark,
  Message,
  Node,
  Page,
  Part,
  Person,
  Session,
  SessionDetail,
  Status,
  Tokens,
  Trace,
  TraceDetail,
} from "../domain";
import type { components } from "./schema";

export type Wire = components["schemas"];

export function link(w: Wire["Link"]): Link {
  if (w.state === "linked" && w.session_id !== null && w.moment_ms !== null) {
    return {
      state: "linked",
      method: w.method ?? "exact",
      sessionId: w.session_id,
      windowId: w.window_id,
      momentMs: w.moment_ms,
      startMs: w.start_ms,
      clamped: w.clamped,
      detail: w.detail,
      url: w.url ?? `/sessions/${encodeURIComponent(w.session_id)}?t=${w.moment_ms}`,
    };
  }
  return {
    state: w.state === "pending" ? "pending" : "none",
    reason: w.reason ?? "no_recording",
    detail: w.detail,
    sessionId: w.session_id,
  };
}

function person(w: Wire["Person"] | null): Person | null {
  return w && { id: w.id, name: w.name, email: w.email, distinctIds: w.distinct_ids };
}

function tokens(w: Wire["Tokens"]): Tokens {
  return {
    input: w.input,
    output: w.output,
    total: w.total,
    cacheRead: w.cache_read,
    cacheWrite: w.cache_write,
    reasoning: w.reasoning,
  };
}

function work(w: Wire["Trace"] | Wire["Generation"]) {
  return {
    id: w.id,
    name: w.name,
    conversationId: w.conversation_id,
    startMs: w.start_ms,
    endMs: w.end_ms,
    tokens: tokens(w.tokens),
    error: w.error,
    inputPreview: w.input_preview,
    outputPreview: w.output_preview,
    truncated: w.truncated,
    person: person(w.person),
    link: link(w.link),
  };
}

export function trace(w: Wire["Trace"]): Trace {
  return {
    ...work(w),
    latencyS: w.latency_s,
    summedS: w.summed_s,
    generations: w.generations,
    spans: w.spans,
    errors: w.errors,
    feedbacks: w.feedbacks,
    models: w.models,
  };
}

export function call(w: Wire["Generation"]): Call {
  return {
    ...work(w),
    kind: w.kind as Kind,
    traceId: w.trace_id,
    model: w.model,
    provider: w.provider,
    latencyS: w.latency_s,
    firstTokenS: w.first_token_s,
    httpStatus: w.http_status,
    stopReason: w.stop_reason,
    isError: w.is_error,
    library: w.library,
  };
}

function node(w: Wire["Node"]): Node {
  return {
    ...call(w),
    spanId: w.span_id,
    parentId: w.parent_id,
    depth: w.depth,
    content: w.content && content(w.content),
  };
}

export function traceDetail(w: Wire["TraceDetail"]): TraceDetail {
  return {
    ...trace(w),
    nodes: w.nodes.map(node),
    feedback: w.feedback.map(feedback),
    nodesOmitted: w.nodes_omitted,
  };
}

export function callDetail(w: Wire["GenerationDetail"]): CallDetail {
  return { ...call(w), content: content(w.content) };
}

function feedback(w: Wire["Feedback"]): Feedback {
  return { id: w.id, kind: w.kind, atMs: w.at_ms, name: w.name, value: w.value, person: person(w.person) };
}

export function content(w: Wire["Content"]): Content {
  return {
    input: w.input.map(message),
    output: w.output.map(message),
    private: w.private,
    tools: w.tools ?? null,
    rawInput: w.raw_input ?? null,
    rawOutput: w.raw_output ?? null,
    properties: w.properties ?? null,
  };
}

function message(w: Wire["Message"]): Message {
  return { role: w.role, name: w.name ?? "", toolCallId: w.tool_call_id ?? "", parts: w.parts.map(part) };
}

/** A part of a type this UI does not know is shown as JSON, never dropped. */
function part(w: Wire["Part"]): Part {
  switch (w.type) {
    case "text":
    case "thinking":
    case "refusal":
      return { type: w.type, text: w.text ?? "" };
    case "tool_call":
      return { type: w.type, id: w.id ?? "", name: w.name ?? "", arguments: w.arguments ?? null };
    case "tool_result":
      return { type: w.type, id: w.id ?? "", text: w.text ?? "", raw: w.raw ?? null };
    case "image":
    case "audio":
    case "file":
      return {
        type: w.type,
        text: w.text ?? "",
        media: {
          mime: w.media?.mime ?? "",
          url: w.media?.url ?? "",
          note: w.media?.note ?? "",
          name: w.media?.name ?? "",
        },
      };
    default:
      return { type: "json", raw: w.raw ?? w };
  }
}

export function session(w: Wire["Session"]): Session {
  return {
    id: w.id,
    person: person(w.person),
    startMs: w.start_ms,
    endMs: w.end_ms,
    durationS: w.duration_s,
    clicks: w.clicks,
    keypresses: w.keypresses,
    windows: w.windows,
    events: w.events,
    aiCalls: w.ai_calls,
    errors: w.errors,
    startUrl: w.start_url,
    bytes: w.bytes,
    replay: { state: w.replay.state, detail: w.replay.detail },
    url: w.url,
  };
}

function mark(w: Wire["Mark"]): Mark {
  return { ...call(w), windowId: w.window_id };
}

export function sessionDetail(w: Wire["SessionDetail"]): SessionDetail {
  return {
    ...session(w),
    windowList: w.window_list.map((v) => ({
      id: v.id,
      startMs: v.start_ms,
      endMs: v.end_ms,
      firstSnapshotMs: v.first_snapshot_ms,
      clicks: v.clicks,
      keypresses: v.keypresses,
    })),
    marks: w.marks.map(mark),
    steps: w.steps.map((s) => ({ id: s.id, name: s.name, atMs: s.at_ms, windowId: s.window_id, url: s.url })),
  };
}

export function status(w: Wire["Status"]): Status {
  return {
    version: w.version,
    token: w.token,
    events: w.events,
    generations: w.generations,
    recordings: w.recordings,
    firstEventMs: w.first_event_ms,
    firstLlmEventMs: w.first_llm_event_ms,
    firstRecordingMs: w.first_recording_ms,
    firstLinkMs: w.first_link_ms,
    refusals: w.refusals.map((r) => ({
      reason: r.reason,
      event: r.event,
      library: r.library,
      detail: r.detail,
      count: r.count,
      firstMs: r.first_ms,
      lastMs: r.last_ms,
    })),
    servers: w.nodes.map((n) => ({ id: n.id, name: n.name, version: n.version, startedMs: n.started_ms, seenMs: n.seen_ms, clockS: n.clock_s })),
    warnings: w.warnings.map((v) => ({ kind: v.kind, serverId: v.node, detail: v.detail })),
  };
}

export function page<W, T>(w: { items: W[]; next: string | null }, convert: (item: W) => T): Page<T> {
  return { items: w.items.map(convert), next: w.next };
}
