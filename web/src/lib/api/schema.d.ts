export interface components {
 schemas: {
  Link: {
    state: "linked" | "pending" | "none";
    method: "exact" | "inherited" | null;
    reason: "no_session_id" | "no_recording_yet" | "recording_not_started" | "no_recording" | null;
    detail: string;
    session_id: string | null;
    window_id: string | null;
    moment_ms: number | null;
    start_ms: number | null;
    clamped: "before" | "after" | null;
    url: string | null;
  };
  Person: {
    id: string;
    name: string | null;
    email: string | null;
    distinct_ids: string[];
  };
  Tokens: {
    input: number | null;
    output: number | null;
    total: number | null;
    cache_read: number | null;
    cache_write: number | null;
    reasoning: number | null;
  };
  Trace: {
    id: string;
    name: string | null;
    conversation_id: string | null;
    start_ms: number;
    end_ms: number;
    latency_s: number;
    summed_s: number;
    generations: number;
    spans: number;
    errors: number;
    feedbacks: number;
    error: string | null;
    models: string[];
    tokens: components["schemas"]["Tokens"];
    input_preview: string;
    output_preview: string;
    truncated: boolean;
    person: components["schemas"]["Person"] | null;
    link: components["schemas"]["Link"];
  };
  TraceDetail: components["schemas"]["Trace"] & {
    nodes: components["schemas"]["Node"][];
    feedback: components["schemas"]["Feedback"][];
    nodes_omitted: number;
  };
  Generation: {
    id: string;
    kind: "generation" | "embedding" | "span" | "trace";
    trace_id: string;
    conversation_id: string | null;
    name: string | null;
    model: string | null;
    provider: string | null;
    start_ms: number;
    end_ms: number;
    latency_s: number | null;
    first_token_s: number | null;
    tokens: components["schemas"]["Tokens"];
    http_status: number | null;
    stop_reason: string | null;
    is_error: boolean;
    error: string | null;
    input_preview: string;
    output_preview: string;
    truncated: boolean;
    library: string | null;
    person: components["schemas"]["Person"] | null;
    link: components["schemas"]["Link"];
  };
  Content: {
    input: components["schemas"]["Message"][];
    output: components["schemas"]["Message"][];
    private: boolean;
    tools: unknown;
    raw_input: unknown;
    raw_output: unknown;
    properties: unknown;
  };
  Node: components["schemas"]["Generation"] & {
    span_id: string | null;
    parent_id: string | null;
    depth: number;
    content: components["schemas"]["Content"] | null;
  };
  GenerationDetail: components["schemas"]["Generation"] & {
    content: components["schemas"]["Content"];
  };
  Feedback: {
    id: string;
    kind: "feedback" | "metric";
    at_ms: number;
    name: string | null;
    value: string;
    person: components["schemas"]["Person"] | null;
  };
  Replay: {
    state: "available" | "pending" | "none";
    reason: "no_recording_yet" | "recording_not_started" | "no_recording" | null;
    detail: string;
  };
  Session: {
    id: string;
    person: components["schemas"]["Person"] | null;
    start_ms: number;
    end_ms: number;
    duration_s: number;
    clicks: number;
    keypresses: number;
    windows: number;
    events: number;
    ai_calls: number;
    errors: number;
    start_url: string | null;
    bytes: number;
    replay: components["schemas"]["Replay"];
    url: string;
  };
  SessionDetail: components["schemas"]["Session"] & {
    window_list: components["schemas"]["Window"][];
    marks: components["schemas"]["Mark"][];
    steps: components["schemas"]["Step"][];
  };
  Window: {
    id: string;
    start_ms: number;
    end_ms: number;
    first_snapshot_ms: number | null;
    clicks: number;
    keypresses: number;
  };
  Mark: components["schemas"]["Generation"] & {
    window_id: string | null;
  };
  Step: {
    id: string;
    name: string;
    at_ms: number;
    window_id: string | null;
    url: string | null;
  };
  Status: {
    version: string;
    token: string;
    events: number;
    generations: number;
    recordings: number;
    first_event_ms: number | null;
    first_llm_event_ms: number | null;
    first_recording_ms: number | null;
    first_link_ms: number | null;
    refusals: components["schemas"]["Refusal"][];
  };
  Refusal: {
    reason: string;
    event: string;
    library: string;
    detail: string;
    count: number;
    first_ms: number;
    last_ms: number;
  };
  Message: {
    role: string;
    name?: string;
    tool_call_id?: string;
    parts: components["schemas"]["Part"][];
  };
  Part: {
    type: "text" | "thinking" | "refusal" | "tool_call" | "tool_result" | "image" | "audio" | "file" | "json";
    text?: string;
    id?: string;
    name?: string;
    arguments?: unknown;
    media?: components["schemas"]["Media"] | null;
    raw?: unknown;
  };
  Media: {
    mime?: string;
    url?: string;
    note?: string;
    name?: string;
  };
 };
}
