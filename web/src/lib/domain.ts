// The types of the UI. Those of the wire are in api/schema.d.ts, and only api/convert.ts knows both.
// Times are Unix milliseconds (…Ms), durations seconds (…S), null is "not known".

/** The session and moment of a trace or call, or why there is none. */
export type Link = Linked | Unlinked;

export interface Linked {
  state: "linked";
  method: string;
  sessionId: string;
  windowId: string | null;
  /** Where to start playing. */
  momentMs: number;
  /** When the call began. */
  startMs: number | null;
  /** Set when the call began outside of the recording: the moment is then the nearest recorded one. */
  clamped: "before" | "after" | null;
  detail: string;
  url: string;
}

export interface Unlinked {
  state: "pending" | "none";
  reason: string;
  /** What happened and what to do about it, for people. */
  detail: string;
  sessionId: string | null;
}

export interface Person {
  id: string;
  name: string | null;
  email: string | null;
  distinctIds: string[];
}

/** The name to show for a person, null when the person is unknown. */
export const personName = (person: Person | null): string | null => person && (person.name ?? person.email ?? person.id);

export interface Tokens {
  input: number | null;
  output: number | null;
  total: number | null;
  cacheRead: number | null;
  cacheWrite: number | null;
  reasoning: number | null;
  cacheWrite1h: number | null;
  audioInput: number | null;
  audioOutput: number | null;
  imageInput: number | null;
  imageOutput: number | null;
}

/** A part of what a call cost: count times priceUsd through per. */
export interface CostPart extends Price {
  unit: string;
  count: number;
  priceUsd: number;
  per: number;
  costUsd: number;
}

/** What rows of traces and calls have in common. */
interface Work {
  id: string;
  name: string | null;
  conversationId: string | null;
  startMs: number;
  endMs: number;
  tokens: Tokens;
  costUsd: number | null;
  error: string | null;
  inputPreview: string;
  outputPreview: string;
  truncated: boolean;
  person: Person | null;
  link: Link;
}

export interface Trace extends Work {
  latencyS: number;
  summedS: number;
  generations: number;
  spans: number;
  errors: number;
  feedbacks: number;
  models: string[];
  /** How many calls have no known cost. */
  unpriced: number;
}

export type Kind = "generation" | "embedding" | "span" | "trace";

/** One LLM call, embedding or span. */
export interface Call extends Work {
  kind: Kind;
  traceId: string;
  model: string | null;
  provider: string | null;
  latencyS: number | null;
  firstTokenS: number | null;
  tokensPerS: number | null;
  webSearches: number | null;
  serviceTier: string | null;
  /** Null of spans, which cost nothing themselves. */
  costState: "given" | "priced" | "unpriced" | null;
  costDetail: CostPart[];
  httpStatus: number | null;
  stopReason: string | null;
  isError: boolean;
  library: string | null;
}

/** A price, by the list that it is from. */
export interface Price {
  /** A price list with its version, "settings" or "client". */
  source: string;
  /** The day of the list. */
  date: string | null;
  model: string | null;
  /** The day from which on it holds. */
  since: string | null;
  /** What it holds for, where there are other prices: a service tier, a length of the prompt. */
  for: string | null;
}

/** All prices of a model, in US dollars by unit: of a million tokens, of a thousand searches or requests. */
export interface ListedPrice extends Price {
  prices: Readonly<Record<string, number>>;
}

export interface Model extends Cost {
  id: string;
  provider: string | null;
  model: string | null;
  calls: number;
  inputTokens: number;
  outputTokens: number;
  lastMs: number;
  /** What a call is priced by now. */
  price: ListedPrice | null;
  /** The price of the other list, where they differ by more than 1 %. */
  other: ListedPrice | null;
}

export interface Node extends Call {
  spanId: string | null;
  parentId: string | null;
  depth: number;
  /** Null when the trace was too large to include it: fetch the call alone. */
  content: Content | null;
}

export interface TraceDetail extends Trace {
  nodes: Node[];
  feedback: Feedback[];
  nodesOmitted: number;
}

export interface CallDetail extends Call {
  content: Content;
}

export interface Feedback {
  id: string;
  kind: "feedback" | "metric" | "evaluation";
  atMs: number;
  name: string | null;
  value: string;
  /** The value as a number, where it is one. */
  score: number | null;
  person: Person | null;
}

/** Feedback in a list. */
export interface Opinion extends Feedback {
  traceId: string | null;
  conversationId: string | null;
  sessionId: string | null;
  link: Link;
}

/** What calls cost: null when nothing has a price, without those that have none. */
export interface Cost {
  costUsd: number | null;
  /** How many generations have no price. */
  unpriced: number;
}

/** A chat: the traces that name it. */
export interface Conversation extends Cost {
  id: string;
  startMs: number;
  endMs: number;
  durationS: number;
  turns: number;
  generations: number;
  spans: number;
  errors: number;
  /** The latencies of all generations added up. */
  latencyS: number | null;
  tokens: Tokens;
  models: string[];
  agents: string[];
  persons: Person[];
  /** How its first question and its last answer begin. */
  question: string;
  answer: string;
}

/** A trace of a conversation. */
export interface Turn extends Trace {
  /** From the end of the turn before to the start of this one, below 0 where they overlap; null for the first. */
  waitS: number | null;
  question: Said;
  answer: Said;
}

/** Messages of a generation, as far as an answer has them. */
export interface Said {
  messages: Message[];
  /** The generation that they are from. */
  id: string | null;
  /** Where api.messages reads on. */
  next: string | null;
}

export interface ConversationDetail {
  conversation: Conversation;
  turns: Page<Turn>;
}

/** A row of a list whose rows are groups of generations. */
interface Group {
  id: string;
  firstMs: number;
  lastMs: number;
  /** The expression that finds its generations. */
  q: string;
}

export interface PersonRow extends Group, Cost {
  person: Person;
  generations: number;
  traces: number;
  conversations: number;
  sessions: number;
  inputTokens: number;
  outputTokens: number;
  errors: number;
  errorRate: number | null;
}

/** What failed for one cause. */
export interface ErrorGroup extends Group {
  /** What the errors say, without numbers, ids, addresses and what stands in quotes; null where they say nothing. */
  message: string | null;
  /** What the last of them says. */
  example: string | null;
  count: number;
  traces: number;
  people: number;
  models: string[];
  /** The last ones. */
  traceId: string | null;
  sessionId: string | null;
}

export interface Tool extends Group {
  name: string;
  mcpServers: string[];
  calls: number;
  runs: number;
  failures: number;
  /** Of its runs, 0 to 1; null without runs. */
  failureRate: number | null;
  latencyP50S: number | null;
  latencyP95S: number | null;
  traces: number;
  people: number;
  traceId: string | null;
}

export interface Prompt extends Group, Cost {
  name: string;
  version: string | null;
  generations: number;
  traces: number;
  people: number;
  inputTokens: number;
  outputTokens: number;
  latencyP50S: number | null;
  latencyP95S: number | null;
  ttftP50S: number | null;
  errors: number;
  errorRate: number | null;
  feedback: number;
  score: number | null;
}

/** What was sent, by the server's names for it. */
export type Sent = "input" | "output" | "tools" | "properties";

/** A call's messages and what was sent, as far as one answer has them. api.messages reads more at the cursors. */
export interface Content {
  input: Message[];
  /** The cursor after input, up to inputLast. Null when there is nothing between them. */
  inputNext: string | null;
  /** The latest turn, when there are more messages between input and it. */
  inputLast: Message[];
  inputLastNext: string | null;
  output: Message[];
  outputNext: string | null;
  private: boolean;
  toolDefinitions: ToolDefinition[];
  /** The parameters of the call and the custom properties, by name; null when there are none. */
  parameters: Record<string, unknown> | null;
  custom: Record<string, unknown> | null;
  /** As sent; null when there is none or when it is too long. sentBytes has its length; api.raw reads it. */
  sent: Record<Sent, unknown>;
  sentBytes: Record<Sent, number>;
}

/** A piece of what was sent. */
export interface RawPiece {
  text: string;
  /** The offset of the next piece, null at the end. */
  next: number | null;
  /** The length of the whole. */
  bytes: number;
}

export interface Message {
  role: string;
  name: string;
  toolCallId: string;
  /** It continues the last message of the page before. */
  continued?: boolean;
  parts: Part[];
}

/** What an answer rests on, or a search found. */
export interface Source {
  url: string;
  title: string;
  /** What was cited of it. */
  text: string;
}

export interface ToolDefinition {
  name: string;
  description: string;
  /** A JSON schema, null where none was sent. */
  parameters: unknown;
}

export interface Media {
  mime: string;
  /** Ours, beginning with /, where the data were sent; a remote one is not loaded. */
  url: string;
  /** About how long the data are. */
  bytes: number;
  note: string;
  name: string;
}

/** A text that is too long for a page continues in the next one, where continued is true. */
export type Part =
  | { type: "text"; text: string; sources?: Source[]; continued?: boolean }
  | { type: "thinking"; text: string; redacted?: boolean; continued?: boolean }
  | { type: "refusal"; text: string; continued?: boolean }
  | { type: "search"; id: string; text: string; sources: Source[]; continued?: boolean }
  | { type: "citations"; sources: Source[] }
  | { type: "tool_call"; id: string; name: string; arguments: unknown }
  | { type: "tool_result"; id: string; text: string; raw: unknown; failed?: boolean; continued?: boolean }
  | { type: "image" | "audio" | "file"; media: Media; text: string; continued?: boolean }
  | { type: "json"; raw: unknown; continued?: boolean };

export interface Replay {
  state: "available" | "pending" | "none";
  detail: string;
}

export interface Session {
  id: string;
  person: Person | null;
  startMs: number;
  endMs: number;
  durationS: number;
  clicks: number;
  keypresses: number;
  windows: number;
  events: number;
  aiCalls: number;
  errors: number;
  startUrl: string | null;
  bytes: number;
  replay: Replay;
  url: string;
}

/** One tab's part of a recording. */
export interface Window {
  id: string;
  startMs: number;
  endMs: number;
  /** Nothing before it can be shown. Null when nothing can be shown at all. */
  firstSnapshotMs: number | null;
  clicks: number;
  keypresses: number;
}

export interface SessionGeneration extends Call {
  windowId: string | null;
}

export interface Activity {
  id: string;
  name: string;
  atMs: number;
  windowId: string | null;
  url: string | null;
}

export interface SessionDetail extends Session {
  windowList: Window[];
  generations: SessionGeneration[];
  activity: Activity[];
  /** The number of later events that are in neither list, because the session has more than the server reads. */
  eventsOmitted: number;
}

export interface Refusal {
  reason: string;
  event: string;
  library: string;
  detail: string;
  count: number;
  firstMs: number;
  lastMs: number;
}

/** How often this server has refused requests or connections for one temporary reason since it started. */
export interface TurnedAway {
  /** As in the metrics. */
  reason: string;
  count: number;
}

/** One of the servers that share the storage. */
export interface Server {
  id: string;
  /** Host and port. */
  name: string;
  version: string;
  startedMs: number;
  /** When it last reported itself, by the storage's clock. */
  seenMs: number;
  /** How far its clock is ahead of the storage's. */
  clockS: number;
}

/** A warning about a server for its operator. */
export interface Warning {
  kind: "clock" | "version" | "settings" | "loss";
  serverId: string;
  detail: string;
}

export interface Status {
  version: string;
  token: string;
  events: number;
  generations: number;
  recordings: number;
  firstEventMs: number | null;
  firstLlmEventMs: number | null;
  firstRecordingMs: number | null;
  firstLinkMs: number | null;
  refusals: Refusal[];
  turnedAway: TurnedAway[];
  servers: Server[];
  warnings: Warning[];
}

export interface Page<T> {
  items: T[];
  next: string | null;
  /** How far back text was searched; null when the search for this page is complete. */
  searched?: Searched | null;
  /** The figures are of what happened since then, because not all text was searched; null when they are of everything. */
  summedToMs?: number | null;
}

export interface Searched {
  toMs: number;
  /** Share of all text, 0 to 1. */
  share: number;
}

/** What a list contains, by the API's name. */
export type Of = "traces" | "generations" | "sessions" | "conversations" | "feedback";

/** A field that a list can be filtered by. */
export interface Field {
  name: string;
  type: "text" | "number" | "duration" | "decimal" | "boolean" | "choice" | "time";
  doc: string;
  /** The operators allowed before a value; "" means equal. */
  operators: string[];
  /** Whether its values can be counted. */
  groupable: boolean;
  /** All values, for fields with few of them. */
  choices: string[];
}

/** The most frequent values of a field, and the number of rows with another value. */
export interface Facet {
  field: string;
  values: FacetValue[];
  other: number;
}

export interface FacetValue {
  /** As written in an expression, without quotes. */
  value: string;
  count: number;
}

/** A bucket of a histogram: the number of rows that began in it. */
export interface Bar {
  fromMs: number;
  toMs: number;
  count: number;
  failed: number;
}

/** How a project's AI features fared in a range of time. */
export interface Overview {
  range: Range;
  /** The range of the same length before it; null when it was not asked for. */
  previous: Range | null;
  groups: OverviewGroup[];
  /** There are more groups than these. */
  others: boolean;
  annotations: Annotation[];
  /** The figures are of what happened since then, because not all text was searched; null when they are of everything. */
  summedToMs: number | null;
}

export interface Range {
  fromMs: number;
  toMs: number;
  totals: Figures;
  /** A row for each step, also those in which nothing happened. */
  series: (Figures & { atMs: number })[];
}

/** The generations with one value of a field. */
export interface OverviewGroup {
  value: string | null;
  totals: Figures;
  previous: Figures | null;
  q: string;
}

/** Something that happened at an instant: the first generation of a release, or what somebody noted. */
export interface Annotation {
  kind: "release" | "note";
  atMs: number;
  text: string;
  url: string | null;
}

/** What is computed of generations and embeddings. Rates are 0 to 1. */
export interface Figures extends Cost {
  generations: number;
  traces: number;
  people: number;
  costPerPersonUsd: number | null;
  errors: number;
  errorRate: number | null;
  latencyP50S: number | null;
  latencyP95S: number | null;
  latencyP99S: number | null;
  ttftP50S: number | null;
  ttftP95S: number | null;
  ttftP99S: number | null;
  tokensPerSP50: number | null;
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  reasoningTokens: number;
  cacheHitRate: number | null;
  linkedRate: number | null;
}

/** A figure of the generations with one value of a field that differs between a range and the one before by more than chance. */
export interface Change {
  field: string;
  value: string | null;
  figure: "share" | "error_rate" | "latency" | "cost";
  before: number;
  after: number;
  generationsBefore: number;
  generationsAfter: number;
  q: string;
}

export interface Changed {
  changes: Change[];
  /** How many figures were compared. */
  tested: number;
}
