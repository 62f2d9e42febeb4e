// Wire to domain. Nothing else in the UI reads the wire's field names.
import type {
  Bar,
  Call,
  CallDetail,
  Changed,
  Content,
  Conversation,
  ConversationDetail,
  CostPart,
  Doctor,
  ErrorGroup,
  Experience,
  Facet,
  Feedback,
  Field,
  Figures,
  Impact,
  Kind,
  Link,
  LinkedTrace,
  ListedPrice,
  SessionGeneration,
  Message,
  Model,
  Node,
  Opinion,
  Outcome,
  Overview,
  Page,
  Part,
  Person,
  PersonRow,
  Price,
  Prompt,
  Provider,
  Range,
  RawPiece,
  Session,
  Source,
  SavedView,
  SessionDetail,
  Share,
  Status,
  Tokens,
  Tool,
  Trace,
  TraceDetail,
  Turn,
  WaitPart,
  WaitRange,
} from "../domain";
import { sessionPath } from "../route";
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
      confidence: w.confidence ?? 1,
      clockOffsetMs: w.clock_offset_ms,
      momentFrom: w.moment_from ?? "call",
      momentUncertaintyMs: w.moment_uncertainty_ms,
      detail: w.detail,
      url: w.url ?? `${sessionPath(w.session_id)}?t=${w.moment_ms}`,
    };
  }
  return {
    state: w.state === "pending" ? "pending" : "none",
    reason: w.reason ?? "no_recording",
    detail: w.detail,
    sessionId: w.session_id,
    candidates: w.candidates.map((c) => ({ sessionId: c.session_id, confidence: c.confidence, url: c.url })),
  };
}

const linkedTrace = (w: Wire["LinkedTrace"] | null): LinkedTrace | null => w && { traceId: w.trace_id, link: link(w.link) };

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
    cacheWrite1h: w.cache_write_1h,
    audioInput: w.audio_input,
    audioOutput: w.audio_output,
    imageInput: w.image_input,
    imageOutput: w.image_output,
  };
}

const waitPart = (w: Wire["WaitPart"]): WaitPart => ({ kind: w.kind, seconds: w.s, acrossClocks: w.across_clocks });

/** What answers of traces and generations say about the experience of the person who asked. */
type WireExperience = Partial<Pick<Wire["Generation"], "seen" | "reaction">>;

export function experience({ seen, reaction }: WireExperience): Experience {
  return {
    seen: seen
      ? {
          state: seen.state,
          reason: seen.reason || null,
          askedMs: seen.asked_ms || null,
          firstWordsMs: seen.first_words_ms || null,
          lastWordsMs: seen.last_words_ms || null,
          stalls: (seen.stalls ?? []).map((s) => ({ startMs: s.from_ms, endMs: s.to_ms })),
          waitS: seen.perceived_wait_s,
          answerWaitS: seen.answer_wait_s ?? null,
          waitParts: (seen.wait_parts ?? []).map(waitPart),
          smoothness: seen.smoothness,
          share: seen.share,
          shareUncertainty: seen.share_uncertainty ?? null,
          uncertaintyMs: seen.uncertainty_ms ?? 0,
          node: seen.node || null,
          windowId: seen.window_id || null,
        }
      : null,
    reaction: reaction ? { score: reaction.score, signals: (reaction.signals ?? []).map((s) => ({ kind: s.kind, atMs: s.at_ms, weight: s.weight, detail: s.detail })) } : null,
  };
}

function work(w: Wire["Trace"] | Wire["Generation"]) {
  return {
    ...experience(w),
    id: w.id,
    name: w.name,
    conversationId: w.conversation_id,
    startMs: w.start_ms,
    endMs: w.end_ms,
    tokens: tokens(w.tokens),
    costUsd: w.cost_usd,
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
    lastMs: w.last_ms,
    latencyS: w.latency_s,
    summedS: w.summed_s,
    generations: w.generations,
    spans: w.spans,
    errors: w.errors,
    stopped: w.stopped,
    feedbacks: w.feedbacks,
    tokensPerS: w.tokens_per_s,
    models: w.models,
    unpriced: w.unpriced,
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
    firstTokenS: w.time_to_first_token_s,
    tokensPerS: w.tokens_per_s,
    webSearches: w.web_searches,
    serviceTier: w.service_tier,
    costState: w.cost_state,
    costDetail: w.cost_detail.map(costPart),
    httpStatus: w.http_status,
    stopReason: w.stop_reason,
    isError: w.is_error,
    stopped: w.stopped,
    library: w.library,
  };
}

const price = (w: Wire["ListedPrice"] | Wire["SecondPrice"] | Wire["CostPart"]): Price => ({ source: w.source, date: w.date, model: w.model, since: w.since, for: w.for });
const costPart = (w: Wire["CostPart"]): CostPart => ({ ...price(w), unit: w.unit, count: w.count, priceUsd: w.price_usd, per: w.per, costUsd: w.cost_usd });
const listedPrice = (w: Wire["ListedPrice"]): ListedPrice => ({ ...price(w), prices: w.prices, second: w.second && { ...price(w.second), units: w.second.units } });

export function model(w: Wire["Model"]): Model {
  return {
    id: JSON.stringify([w.provider, w.model]),
    provider: w.provider,
    model: w.model,
    calls: w.calls,
    costUsd: w.cost_usd,
    unpriced: w.unpriced,
    inputTokens: w.input_tokens,
    outputTokens: w.output_tokens,
    lastMs: w.last_ms,
    linked: linkedTrace(w.linked),
    price: w.price && listedPrice(w.price),
    other: w.other && listedPrice(w.other),
  };
}

export function node(w: Wire["Node"]): Node {
  return {
    ...call(w),
    spanId: w.span_id,
    parentId: w.parent_id,
    depth: w.depth,
    subtree: {
      costUsd: w.subtree_cost_usd,
      unpriced: w.subtree_unpriced,
      inputTokens: w.subtree_tokens.input,
      outputTokens: w.subtree_tokens.output,
      summedS: w.summed_latency_s,
    },
    parallel: w.parallel,
    attempt: w.attempt === null || w.attempts === null ? null : { n: w.attempt, of: w.attempts },
    content: w.content && content(w.content),
  };
}

/** nodes and feedback are complete; w has only the first page of them. */
export function traceDetail(w: Wire["TraceDetail"], nodes: Node[], feedback: Feedback[]): TraceDetail {
  return {
    ...trace(w),
    nodes,
    main: w.main ? node(w.main) : (nodes.find((n) => n.id === w.main_id) ?? null),
    feedback,
    nodesOmitted: w.nodes_omitted,
  };
}

export function callDetail(w: Wire["GenerationDetail"]): CallDetail {
  return { ...call(w), content: content(w.content) };
}

export function feedback(w: Wire["Feedback"]): Feedback {
  return { id: w.id, kind: w.kind, atMs: w.at_ms, name: w.name, value: w.value, score: w.score, about: w.about, explanation: w.explanation, person: person(w.person) };
}

export function opinion(w: Wire["Opinion"]): Opinion {
  return { ...feedback(w), traceId: w.trace_id, conversationId: w.conversation_id, sessionId: w.session_id, link: link(w.link) };
}

export function conversation(w: Wire["Conversation"]): Conversation {
  return {
    id: w.id,
    startMs: w.start_ms,
    endMs: w.end_ms,
    durationS: w.duration_s,
    turns: w.turns,
    generations: w.generations,
    spans: w.spans,
    errors: w.errors,
    latencyS: w.latency_s,
    costUsd: w.cost_usd,
    unpriced: w.unpriced,
    tokens: tokens(w.tokens),
    models: w.models,
    agents: w.agents,
    persons: w.persons.map((p) => person(p) as Person),
    question: w.question,
    answer: w.answer,
    linked: linkedTrace(w.linked),
  };
}

export function turn(w: Wire["Turn"]): Turn {
  return {
    ...trace(w),
    waitS: w.wait_s,
    question: { messages: w.question.map(message), id: w.question_id, next: w.question_next },
    answer: { messages: w.answer.map(message), id: w.answer_id, next: w.answer_next },
  };
}

export function conversationDetail(w: Wire["ConversationDetail"]): ConversationDetail {
  return { conversation: conversation(w), turns: { items: w.turn_list.map(turn), next: w.turns_next } };
}

export function personRow(w: Wire["PersonRow"]): PersonRow {
  return {
    id: w.person.id,
    person: person(w.person) as Person,
    generations: w.generations,
    traces: w.traces,
    conversations: w.conversations,
    sessions: w.sessions,
    costUsd: w.cost_usd,
    unpriced: w.unpriced,
    inputTokens: w.input_tokens,
    outputTokens: w.output_tokens,
    errors: w.errors,
    errorRate: w.error_rate,
    firstMs: w.first_ms,
    lastMs: w.last_ms,
    linked: linkedTrace(w.linked),
    q: w.q,
  };
}

export function errorGroup(w: Wire["ErrorGroup"]): ErrorGroup {
  return {
    id: w.message ?? "",
    message: w.message,
    example: w.example,
    count: w.count,
    traces: w.traces,
    people: w.people,
    models: w.models,
    firstMs: w.first_ms,
    lastMs: w.last_ms,
    traceId: w.trace_id,
    sessionId: w.session_id,
    linked: linkedTrace(w.linked),
    q: w.q,
  };
}

export function tool(w: Wire["Tool"]): Tool {
  return {
    id: w.name,
    name: w.name,
    mcpServers: w.mcp_servers,
    calls: w.calls,
    runs: w.runs,
    failures: w.failures,
    failureRate: w.failure_rate,
    latencyP50S: w.latency_p50_s,
    latencyP95S: w.latency_p95_s,
    traces: w.traces,
    people: w.people,
    firstMs: w.first_ms,
    lastMs: w.last_ms,
    traceId: w.trace_id,
    linked: linkedTrace(w.linked),
    q: w.q,
  };
}

export function provider(w: Wire["Provider"]): Provider {
  return {
    id: w.provider ?? "",
    provider: w.provider,
    models: w.models,
    calls: w.calls,
    costUsd: w.cost_usd,
    unpriced: w.unpriced,
    inputTokens: w.input_tokens,
    outputTokens: w.output_tokens,
    errors: w.errors,
    errorRate: w.error_rate,
    firstMs: w.first_ms,
    lastMs: w.last_ms,
    linked: linkedTrace(w.linked),
    q: w.q,
  };
}

export function prompt(w: Wire["Prompt"]): Prompt {
  return {
    id: JSON.stringify([w.name, w.version]),
    name: w.name,
    version: w.version,
    generations: w.generations,
    traces: w.traces,
    people: w.people,
    costUsd: w.cost_usd,
    unpriced: w.unpriced,
    inputTokens: w.input_tokens,
    outputTokens: w.output_tokens,
    latencyP50S: w.latency_p50_s,
    latencyP95S: w.latency_p95_s,
    ttftP50S: w.ttft_p50_s,
    errors: w.errors,
    errorRate: w.error_rate,
    feedback: w.feedback,
    score: w.score,
    firstMs: w.first_ms,
    lastMs: w.last_ms,
    linked: linkedTrace(w.linked),
    q: w.q,
  };
}

export function content(w: Wire["Content"]): Content {
  return {
    input: w.input.map(message),
    inputNext: w.input_next,
    inputLast: w.input_last.map(message),
    inputLastNext: w.input_last_next,
    output: w.output.map(message),
    outputNext: w.output_next,
    private: w.private,
    toolDefinitions: (w.tool_definitions ?? []).map((t) => ({ name: t.name, description: t.description ?? "", parameters: t.parameters ?? null })),
    parameters: object(w.parameters),
    custom: object(w.custom),
    sent: { input: w.raw_input ?? null, output: w.raw_output ?? null, tools: w.tools ?? null, properties: w.properties ?? null },
    sentBytes: { input: w.input_bytes, output: w.output_bytes, tools: w.tools_bytes, properties: w.properties_bytes },
  };
}

export function message(w: Wire["Message"]): Message {
  return { role: w.role, name: w.name ?? "", toolCallId: w.tool_call_id ?? "", continued: w.continued ?? false, parts: w.parts.map(part) };
}

export function rawPiece(w: Wire["Raw"]): RawPiece {
  return { text: w.text, next: w.next, bytes: w.bytes };
}

/** A part of a type this UI does not know is shown as JSON, never dropped. */
function part(w: Wire["Part"]): Part {
  const continued = w.continued ?? false;
  switch (w.type) {
    case "text":
      return { type: w.type, text: w.text ?? "", sources: sources(w), continued };
    case "thinking":
      return { type: w.type, text: w.text ?? "", redacted: w.redacted ?? false, continued };
    case "refusal":
      return { type: w.type, text: w.text ?? "", continued };
    case "search":
      return { type: w.type, id: w.id ?? "", text: w.text ?? "", sources: sources(w), continued };
    case "citations":
      return { type: w.type, sources: sources(w) };
    case "tool_call":
      return { type: w.type, id: w.id ?? "", name: w.name ?? "", server: w.server ?? null, arguments: w.arguments ?? null };
    case "tool_result":
      return { type: w.type, id: w.id ?? "", text: w.text ?? "", raw: w.raw ?? null, failed: w.failed ?? false, sources: sources(w), continued };
    case "image":
    case "audio":
    case "file":
      return {
        type: w.type,
        text: w.text ?? "",
        continued,
        media: {
          mime: w.media?.mime ?? "",
          url: w.media?.url ?? "",
          bytes: w.media?.bytes ?? 0,
          note: w.media?.note ?? "",
          name: w.media?.name ?? "",
        },
      };
    default:
      return { type: "json", raw: w.raw ?? w.text ?? w, continued };
  }
}

const sources = (w: Wire["Part"]): Source[] => (w.sources ?? []).map((s) => ({ url: s.url ?? "", title: s.title ?? "", text: s.text ?? "" }));

const object = (value: unknown): Record<string, unknown> | null =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;

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
    outline: w.outline ? { actions: w.outline.actions ?? [], pages: w.outline.pages ?? [], calls: w.outline.calls ?? [], errors: w.outline.errors ?? [] } : null,
    matched: w.matched ? { kind: w.matched.kind, text: w.matched.text, atMs: w.matched.at_ms, url: w.matched.url } : null,
    startUrl: w.start_url,
    tokens: tokens(w.tokens),
    costUsd: w.cost_usd,
    unpriced: w.unpriced,
    slowestS: w.slowest_s,
    bytes: w.bytes,
    replay: { state: w.replay.state, detail: w.replay.detail },
    url: w.url,
  };
}

export function generation(w: Wire["SessionGeneration"]): SessionGeneration {
  const of = call(w);
  const aheadMs = of.link.state === "linked" ? (of.link.clockOffsetMs ?? 0) : 0;
  return { ...of, startMs: of.startMs + aheadMs, endMs: of.endMs + aheadMs, windowId: w.window_id };
}

/** generations are complete; w has only the first page of them. */
export function sessionDetail(w: Wire["SessionDetail"], generations: SessionGeneration[]): SessionDetail {
  return {
    ...session(w),
    surroundings: w.surroundings,
    windowList: w.window_list.map((v) => ({
      id: v.id,
      startMs: v.start_ms,
      endMs: v.end_ms,
      firstSnapshotMs: v.first_snapshot_ms,
      clicks: v.clicks,
      keypresses: v.keypresses,
    })),
    generations,
    recordedIn: w.recorded_in?.url ?? null,
    eventsOmitted: w.events_omitted,
  };
}

export function view({ id, name, list, q, since, from, to, sort, columns }: Wire["View"]): SavedView {
  return { id, name, list, ...(q && { q }), ...(since && { since }), ...(from && { from }), ...(to && { to }), ...(sort && { sort }), ...(columns?.length && { columns }) };
}

export function share(w: Wire["Share"]): Share {
  return { id: w.id, traceId: w.trace, madeMs: w.made_ms, endsMs: w.ends_ms, url: w.url };
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
    turnedAway: w.turned_away.map((t) => ({ reason: t.reason, count: t.count })),
    wrongTokens: w.wrong_tokens.map((t) => ({ token: t.token, library: t.library, events: t.events, requests: t.requests, firstMs: t.first_ms, lastMs: t.last_ms })),
    rejectedRequests: w.rejected_requests.map((r) => ({
      route: r.route,
      status: r.status,
      reason: r.reason,
      detail: r.detail,
      library: r.library,
      requests: r.requests,
      firstMs: r.first_ms,
      lastMs: r.last_ms,
    })),
    assets: w.assets.map((a) => ({ outcome: a.outcome, count: a.count })),
    demo: w.demo,
    servers: w.nodes.map((n) => ({ id: n.id, name: n.name, version: n.version, startedMs: n.started_ms, seenMs: n.seen_ms, clockS: n.clock_s })),
    warnings: w.warnings.map((v) => ({ kind: v.kind, serverId: v.node, detail: v.detail })),
  };
}

export function page<W, T>(
  w: { items: W[]; next: string | null; searched_to_ms?: number; searched_share?: number },
  convert: (item: W) => T,
): Page<T> {
  const searched = w.searched_to_ms === undefined ? null : { toMs: w.searched_to_ms, share: w.searched_share ?? 0 };
  return { items: w.items.map(convert), next: w.next, searched };
}

/** A page of a list of groups. */
export function groups<W, T>(w: { items: W[]; next: string | null; searched_to_ms?: number }, convert: (item: W) => T): Page<T> {
  return { items: w.items.map(convert), next: w.next, summedToMs: w.searched_to_ms ?? null };
}

export function field(w: Wire["Field"]): Field {
  return { name: w.name, type: w.type, doc: w.doc, operators: w.operators, groupable: w.groupable, choices: w.choices };
}

export function facet(w: Wire["Facet"]): Facet {
  return { field: w.field, values: w.values.map((v) => ({ value: String(v.value), count: v.count })), other: w.other };
}

const unitMs: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };

/** Converts an aggregate whose first column is a time bucket and whose second is a count; failed gives the number of failures in a row. */
export function bars(w: Wire["Table"], failed: (row: unknown[]) => number): Bar[] {
  const [, n, unit] = /^time\((\d+)([smhdw])\)$/.exec(w.columns[0]?.name ?? "") ?? [];
  const step = Number(n) * (unitMs[unit ?? ""] ?? NaN);
  const rows = w.rows.map((row) => row ?? []);
  return rows.map((row, i) => {
    const fromMs = Number(row[0]);
    const next = rows[i + 1]?.[0];
    return { fromMs, toMs: next === undefined ? fromMs + step : Number(next), count: Number(row[1]), failed: failed(row), good: 0 };
  });
}

/** The counts of some other rows in the buckets of time of a table. */
export function countsAt(w: Wire["Table"]): (bar: Bar) => number {
  const counts = new Map(w.rows.map((row) => [Number(row?.[0]), Number(row?.[1])]));
  return (bar) => counts.get(bar.fromMs) ?? 0;
}

function figures(w: Wire["Figures"]): Figures {
  return {
    generations: w.generations,
    traces: w.traces,
    people: w.people,
    costUsd: w.cost_usd,
    unpriced: w.unpriced,
    costPerPersonUsd: w.cost_per_person_usd,
    errors: w.errors,
    errorRate: w.error_rate,
    latencyP50S: w.latency_p50_s,
    latencyP95S: w.latency_p95_s,
    latencyP99S: w.latency_p99_s,
    ttftP50S: w.ttft_p50_s,
    ttftP95S: w.ttft_p95_s,
    ttftP99S: w.ttft_p99_s,
    tokensPerSP50: w.tokens_per_s_p50,
    inputTokens: w.input_tokens,
    outputTokens: w.output_tokens,
    cacheReadTokens: w.cache_read_tokens,
    cacheWriteTokens: w.cache_write_tokens,
    reasoningTokens: w.reasoning_tokens,
    cacheWrite1hTokens: w.cache_write_1h_tokens,
    cacheReadAudioTokens: w.cache_read_audio_tokens,
    audioInputTokens: w.audio_input_tokens,
    audioOutputTokens: w.audio_output_tokens,
    imageInputTokens: w.image_input_tokens,
    imageOutputTokens: w.image_output_tokens,
    cacheHitRate: w.cache_hit_rate,
    linkedRate: w.linked_rate,
  };
}

const range = (w: Wire["Range"]): Range => ({ fromMs: w.from_ms, toMs: w.to_ms, totals: figures(w.totals), series: w.series.map((s) => ({ atMs: s.at_ms, ...figures(s) })) });

export function overview(w: Wire["Overview"]): Overview {
  return {
    range: range(w),
    previous: w.previous && range(w.previous),
    groups: w.groups.map((g) => ({ value: g.value === null ? null : String(g.value), totals: figures(g.totals), previous: g.previous && figures(g.previous), q: g.q })),
    others: w.others,
    annotations: w.annotations.map((a) => ({ kind: a.kind, atMs: a.at_ms, text: a.text, url: a.url })),
    summedToMs: w.searched_to_ms ?? null,
  };
}

export function doctor(w: Wire["Doctor"]): Doctor {
  return {
    fromMs: w.from_ms,
    toMs: w.to_ms,
    whole: w.whole,
    methods: w.methods,
    libraries: w.libraries,
    services: w.services,
    problems: w.problems,
    live: w.live.map((l) => ({ ...l, startMs: l.start_ms })),
  };
}

export function changed(w: Wire["Changed"]): Changed {
  return {
    changes: w.changes.map((c) => ({
      field: c.field,
      value: c.value === null ? null : String(c.value),
      figure: c.figure,
      before: c.before,
      after: c.after,
      generationsBefore: c.generations_before,
      generationsAfter: c.generations_after,
      q: c.q,
    })),
    tested: w.tested,
  };
}

const outcome = (w: Pick<Wire["WaitRange"], keyof Outcome>): Outcome => ({ answers: w.answers, bad: w.bad, good: w.good, reactions: w.reactions });
const waitRange = (w: Wire["WaitRange"]): WaitRange => ({ ...outcome(w), fromS: w.from_s, toS: w.to_s, difference: w.difference });

export function impact(w: Wire["Impact"]): Impact {
  return {
    answers: w.answers,
    waits: w.waits.map(waitRange),
    worth: w.worth.map((r) => ({ aboveS: r.above_s, answers: r.answers, bad: r.bad, ofBad: r.of_bad, difference: r.difference, extra: r.extra })),
    limitS: w.limit_s,
    verdict: w.verdict,
    sentences: w.sentences,
    groups: w.groups.map((g) => ({ ...outcome(g), value: g.value === null ? null : String(g.value), waitS: g.wait_s, waits: g.waits.map(waitRange), difference: g.difference, q: g.q })),
    others: w.others,
    unseen: w.unseen.map((u) => ({ seen: u.seen, answers: u.answers, outputTokens: u.output_tokens, unseenTokens: u.unseen_tokens, costUsd: u.cost_usd, unpriced: u.unpriced, q: u.q })),
    latency: {
      answers: w.latency.answers,
      waitP50S: w.latency.wait_p50_s,
      waitP95S: w.latency.wait_p95_s,
      ttftP50S: w.latency.ttft_p50_s,
      ttftP95S: w.latency.ttft_p95_s,
      latencyP50S: w.latency.latency_p50_s,
      latencyP95S: w.latency.latency_p95_s,
      explanations: w.latency.explanations.map((e) => ({ streamed: e.streamed, answers: e.answers, waitS: e.wait_s, parts: e.parts.map(waitPart) })),
    },
    lists: w.lists,
    truncated: w.truncated,
    summedToMs: w.searched_to_ms ?? null,
  };
}
