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
  /** How sure it is that this is the right session, 0 to 1. */
  confidence: number;
  /** What the moment follows from: when the recording shows that the user asked, or when the call began. */
  momentFrom: "asked" | "call";
  /** How wrong the moment may be because of that; null when not known. */
  momentUncertaintyMs: number | null;
  /** By how much the browser's clock was ahead; null when not known. */
  clockOffsetMs: number | null;
  detail: string;
  url: string;
}

/** A recording that fits as well as others. */
export interface Candidate {
  sessionId: string;
  confidence: number;
  url: string;
}

/** A trace that is linked, of a row that stands for several. */
export interface LinkedTrace {
  traceId: string;
  link: Link;
}

export interface Unlinked {
  state: "pending" | "none";
  reason: string;
  /** What happened and what to do about it, for people. */
  detail: string;
  sessionId: string | null;
  /** Recordings that fit equally well, so none was chosen. */
  candidates: Candidate[];
}

/** How much of an answer was on the screen of the person who asked, and when. Times are those of the recording. */
export interface Seen {
  state: "seen" | "partly" | "not_shown" | "not_visible" | "stopped" | "unknown";
  /** Why the state is unknown. */
  reason: string | null;
  askedMs: number | null;
  firstWordsMs: number | null;
  lastWordsMs: number | null;
  /** Two seconds or more without new words between the first and the last ones. */
  stalls: { startMs: number; endMs: number }[];
  /** From asking to the first words. */
  waitS: number | null;
  /** The wait for the whole answer that a generation completes, also where its first words belong to a generation before. */
  answerWaitS: number | null;
  /** The parts of that wait, in order, as far as they are known. */
  waitParts: WaitPart[];
  /** The share of the reading time in which words were there in time, 0 to 1. */
  smoothness: number | null;
  /** The share of its characters that were inside the viewport, 0 to 1. */
  share: number | null;
  /** How wrong that may be: 0 with the probe. */
  shareUncertainty: number | null;
  /** How wrong the times may be. */
  uncertaintyMs: number;
  /** rrweb's id of the element that showed it, and the tab that it is in. */
  node: number | null;
  windowId: string | null;
}

/** One thing that a person did about an answer. */
export interface Signal {
  kind: string;
  atMs: number;
  /** What it adds to the score, -1 to 1. */
  weight: number;
  /** A sentence about it. */
  detail: string;
}

export interface Reaction {
  /** From -1, hurt, to 1, loved. */
  score: number;
  /** In the order of their times. */
  signals: Signal[];
}

/** What the person who asked experienced; null until it is known. */
export interface Experience {
  seen: Seen | null;
  reaction: Reaction | null;
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

/** A part of what a call cost: count times priceUsd divided by per. */
export interface CostPart extends Price {
  unit: string;
  count: number;
  priceUsd: number;
  per: number;
  costUsd: number;
}

/** What rows of traces and calls have in common. */
interface Work extends Experience {
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
  /** When something last happened in it, feedback too. */
  lastMs: number;
  latencyS: number;
  summedS: number;
  generations: number;
  spans: number;
  errors: number;
  /** How many calls and spans somebody stopped before they were complete. */
  stopped: number;
  feedbacks: number;
  /** Output tokens per second of all latencies added up. */
  tokensPerS: number | null;
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
  /** Null for spans, which cost nothing themselves. */
  costState: "given" | "priced" | "unpriced" | "uncharged" | null;
  costDetail: CostPart[];
  httpStatus: number | null;
  stopReason: string | null;
  isError: boolean;
  /** Somebody stopped it before it was complete. That is not an error, but `error` may say how it was stopped. */
  stopped: boolean;
  library: string | null;
}

/** A price, with the list that it is from. */
export interface Price {
  /** A price list with its version, "settings" or "client". */
  source: string;
  /** The day of the list. */
  date: string | null;
  model: string | null;
  /** The first day on which it applies. */
  since: string | null;
  /** What it applies to, where there are other prices: a service tier, a length of the prompt. */
  for: string | null;
}

/** All prices of a model, in US dollars by unit: per million tokens, per thousand searches or requests. */
export interface ListedPrice extends Price {
  prices: Readonly<Record<string, number>>;
  /** Where the prices of some units are from, because the first list has none for them. */
  second: (Price & { units: readonly string[] }) | null;
}

export interface Model extends Cost {
  id: string;
  provider: string | null;
  model: string | null;
  calls: number;
  inputTokens: number;
  outputTokens: number;
  lastMs: number;
  /** The latest of its traces that is linked. */
  linked: LinkedTrace | null;
  /** The price that applies to a call now. */
  price: ListedPrice | null;
  /** The price in the other list, where the two differ by more than 1 %. */
  other: ListedPrice | null;
}

export interface Node extends Call {
  spanId: string | null;
  parentId: string | null;
  depth: number;
  /** What it and all nodes below it used. */
  subtree: Subtree;
  /** How many nodes with the same parent ran at the same time, this one among them; null when it ran alone. */
  parallel: number | null;
  /** Which of how many attempts at the same thing it is, from 1; null when there was one only. */
  attempt: { n: number; of: number } | null;
  /** Null when the trace was too large to include it: fetch the call alone. */
  content: Content | null;
}

export interface Subtree extends Cost {
  inputTokens: number | null;
  outputTokens: number | null;
  /** The latencies of its calls added up. */
  summedS: number;
}

export interface TraceDetail extends Trace {
  nodes: Node[];
  /** The node whose input and answer are the trace's own, also when it is not yet in nodes; null when there is none. */
  main: Node | null;
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
  /** The id of the event or of the span that it is about; null for the trace. */
  about: string | null;
  /** Why an evaluation came to its result: in lists its beginning. */
  explanation: string | null;
  person: Person | null;
}

/** Feedback in a list. */
export interface Opinion extends Feedback {
  traceId: string | null;
  conversationId: string | null;
  sessionId: string | null;
  link: Link;
}

/** What calls cost, without those that have no price; null when none has a price. */
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
  /** The latest of its traces that is linked. */
  linked: LinkedTrace | null;
}

/** A trace of a conversation. */
export interface Turn extends Trace {
  /** From the end of the previous turn to the start of this one, below 0 where they overlap; null for the first. */
  waitS: number | null;
  question: Said;
  answer: Said;
}

/** Messages of a generation, as many as an answer of the API has. */
export interface Said {
  messages: Message[];
  /** The generation that they are from. */
  id: string | null;
  /** The cursor at which api.messages continues. */
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
  /** The latest of its traces that is linked. */
  linked: LinkedTrace | null;
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

/** Failures with the same cause. */
export interface ErrorGroup extends Group {
  /** The message of the errors, without numbers, ids, addresses and quoted text; null where they have none. */
  message: string | null;
  /** The message of the last error. */
  example: string | null;
  count: number;
  traces: number;
  people: number;
  models: string[];
  /** The last trace and session with this error. */
  traceId: string | null;
  sessionId: string | null;
}

export interface Tool extends Group {
  name: string;
  mcpServers: string[];
  calls: number;
  runs: number;
  failures: number;
  /** The share of its runs that failed, 0 to 1; null without runs. */
  failureRate: number | null;
  latencyP50S: number | null;
  latencyP95S: number | null;
  traces: number;
  people: number;
  traceId: string | null;
}

/** All models of one provider. */
export interface Provider extends Group, Cost {
  /** Null for calls that name none. */
  provider: string | null;
  models: number;
  calls: number;
  inputTokens: number;
  outputTokens: number;
  errors: number;
  /** The share of its calls that failed, 0 to 1. */
  errorRate: number | null;
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

/** A call's messages and what was sent, as much as one answer has. api.messages reads more at the cursors. */
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

/** A source of an answer, or something that a search found. */
export interface Source {
  url: string;
  title: string;
  /** The text that was cited from it. */
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
  /** An address on this server, beginning with /, where the data were sent. A remote address is not loaded. */
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
  | { type: "tool_call"; id: string; name: string; server?: string | null; arguments: unknown }
  | { type: "tool_result"; id: string; text: string; raw: unknown; failed?: boolean; sources?: Source[]; continued?: boolean }
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
  tokens: Tokens;
  costUsd: number | null;
  /** How many calls have no known cost. */
  unpriced: number;
  /** The longest latency of its calls. */
  slowestS: number | null;
  bytes: number;
  replay: Replay;
  url: string;
  /** What happened along its time; null when nothing is known, and outside of lists. */
  outline: Outline | null;
  /** Why a search found it; null in a list without one. */
  matched: SessionMatch | null;
}

/** Counts in 40 equal parts of a session's time. The last ones without anything are absent. */
export interface Outline {
  actions: readonly number[];
  pages: readonly number[];
  calls: readonly number[];
  errors: readonly number[];
}

/** The part of a session that matched the words of a search. */
export interface SessionMatch {
  kind: "click" | "navigation" | "generation";
  text: string;
  atMs: number;
  /** The path of the session's page at that moment. */
  url: string;
}

/** The state of a list under a name, shared by the project. What is absent is as the list has it by default. */
export interface SavedView {
  id: string;
  name: string;
  list: string;
  q?: string;
  since?: string;
  from?: string;
  to?: string;
  sort?: string;
  columns?: string[];
}

/** A link that shows one trace to whoever has it. */
export interface Share {
  id: string;
  traceId: string;
  madeMs: number;
  endsMs: number;
  /** The path of its page. */
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

/** Its start and end are by the browser's clock, as the recording is. */
export interface SessionGeneration extends Call {
  windowId: string | null;
}

/** What a session's events say about the person's browser and about the program. Null: none says it. */
export interface Surroundings {
  browser: string | null;
  os: string | null;
  device: string | null;
  /** "1920x1080" */
  screen: string | null;
  country: string | null;
  library: string | null;
  release: string | null;
  env: string | null;
  /** The state of the browser's recorder, as it was reported last. */
  recording: string | null;
}

export interface SessionDetail extends Session {
  /** Null for guests. */
  surroundings: Surroundings | null;
  windowList: Window[];
  generations: SessionGeneration[];
  /** The replay of the page around this session's page, if that is a frame of another site; otherwise null. */
  recordedIn: string | null;
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

/** What became of stylesheets, fonts and images that recorded pages refer to, since this server started. */
export interface AssetCount {
  /** As in the metrics: fetched, or why not. */
  outcome: string;
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

/** What came with a project token that no project has, since the server started. */
export interface WrongToken {
  /** Shortened. Empty if none was sent. */
  token: string;
  library: string;
  events: number;
  requests: number;
  firstMs: number;
  lastMs: number;
}

/** Whole requests of one kind that can never succeed, since the server started. */
export interface RejectedRequest {
  /** The path to which they were sent. */
  route: string;
  status: number;
  reason: string;
  /** What the latest of them was answered. */
  detail: string;
  library: string;
  requests: number;
  firstMs: number;
  lastMs: number;
}

/** What playhead demo has to show. */
export interface Demo {
  /** The address of its chat. */
  chat: string;
  /** The share of its history that is stored. */
  sent: number;
  /** Why the history could not be sent; usually empty. */
  problem: string;
  finds: { title: string; detail: string; path: string; count: number }[];
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
  wrongTokens: WrongToken[];
  rejectedRequests: RejectedRequest[];
  assets: AssetCount[];
  demo: Demo | null;
  servers: Server[];
  warnings: Warning[];
}

export interface Page<T> {
  items: T[];
  next: string | null;
  /** How far back text was searched; null when the search for this page is complete. */
  searched?: Searched | null;
  /** The figures cover what happened since then, because not all text was searched; null when they cover everything. */
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
  /** How many of a list of feedback have a good score; failed are those with a bad one. */
  good: number;
}

/** How a project's AI features performed in a range of time. */
export interface Overview {
  range: Range;
  /** The range of the same length before it; null when it was not asked for. */
  previous: Range | null;
  groups: OverviewGroup[];
  /** There are more groups than these. */
  others: boolean;
  annotations: Annotation[];
  /** The figures cover what happened since then, because not all text was searched; null when they cover everything. */
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
  cacheWriteTokens: number;
  reasoningTokens: number;
  /** Parts of those above. */
  cacheWrite1hTokens: number;
  cacheReadAudioTokens: number;
  audioInputTokens: number;
  audioOutputTokens: number;
  imageInputTokens: number;
  imageOutputTokens: number;
  cacheHitRate: number | null;
  linkedRate: number | null;
}

/** A figure of the generations with one value of a field. It differs between a range and the previous one by more than chance. */
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

/** What waiting for answers does to those who wait. */
export interface Impact {
  answers: number;
  waits: WaitRange[];
  worth: Worth[];
  /** The limit, in seconds, that the verdict is about. */
  limitS: number;
  verdict: "worse" | "better" | "none" | "not_enough" | "unreliable";
  sentences: string[];
  groups: ImpactGroup[];
  /** There are more groups than these. */
  others: boolean;
  unseen: Unseen[];
  latency: ImpactLatency;
  lists: ImpactList[];
  /** Rare combinations are left out, because there are too many. */
  truncated: boolean;
  summedToMs: number | null;
}

/** A share of answers, 0 to 1, with its 95 % interval. */
export interface Proportion {
  count: number;
  of: number;
  /** Null without answers. */
  share: number | null;
  low: number;
  high: number;
}

/** By how much the share of bad endings is higher for slow answers than for similar quick ones, with its 95 % interval. */
export interface Difference {
  state: "worse" | "better" | "none" | "not_enough";
  estimate: number;
  low: number;
  high: number;
  slow: number;
  quick: number;
}

/** How answers ended. */
export interface Outcome {
  answers: number;
  bad: Proportion;
  good: Proportion;
  /** The answers that have a reaction, by its kind. */
  reactions: Readonly<Record<string, Proportion>>;
}

export interface WaitRange extends Outcome {
  fromS: number;
  /** Null for the longest waits. */
  toS: number | null;
  /** Compared with the shortest waits; null for the shortest waits themselves. */
  difference: Difference | null;
}

/** How much waits of a limit and longer matter. */
export interface Worth {
  aboveS: number;
  answers: number;
  bad: Proportion;
  /** How many of all bad endings come after these waits. */
  ofBad: Proportion;
  difference: Difference;
  /** Bad endings that waiting caused, if all of the difference is due to it. */
  extra: { count: number; low: number; high: number } | null;
}

/** The answers with one value of a field. */
export interface ImpactGroup extends Outcome {
  value: string | null;
  waitS: number | null;
  /** The same after waits of each range that has answers, without comparing them. */
  waits: WaitRange[];
  difference: Difference;
  q: string;
}

/** Answers that were not or only partly seen, and what they cost. */
export interface Unseen extends Cost {
  seen: "partly" | "not_shown" | "not_visible" | "stopped";
  answers: number;
  outputTokens: number;
  /** Those of them that were not shown. */
  unseenTokens: number;
  q: string;
}

/** The latency that backends measure, compared with the time that people wait. */
export interface ImpactLatency {
  answers: number;
  waitP50S: number | null;
  waitP95S: number | null;
  ttftP50S: number | null;
  ttftP95S: number | null;
  latencyP50S: number | null;
  latencyP95S: number | null;
  explanations: WaitExplained[];
}

/** A part of a wait. One that is across clocks can be wrong by what the two clocks may differ. */
export interface WaitPart {
  kind: "before_call" | "page" | "network_and_queue" | "network_there" | "queue" | "model" | "network_and_rendering" | "network_back" | "rendering";
  seconds: number;
  acrossClocks: boolean;
}

/** The parts of the mean wait of the answers for which the same parts are known. */
export interface WaitExplained {
  /** The backend measured a first token; otherwise the part of the model is the whole generation. */
  streamed: boolean;
  answers: number;
  waitS: number;
  parts: WaitPart[];
}

/** A list of single answers. */
export interface ImpactList {
  name: "slowest" | "most_harmful" | "most_loved";
  q: string;
  sort: string;
}

/** How many generations are linked. */
export interface LinkedShare {
  generations: number;
  linked: number;
  pending: number;
  none: number;
  /** 0 to 1; null without generations. */
  share: number | null;
}

export interface LinkProblem {
  reason: string;
  library: string;
  generations: number;
  detail: string;
  /** The line of code that links them, "" for none. */
  fix: string;
  language: string;
}

/** Which generations are linked, how, and what would link the rest. */
export interface Doctor {
  fromMs: number;
  toMs: number;
  whole: LinkedShare;
  methods: { method: string; generations: number }[];
  libraries: (LinkedShare & { name: string })[];
  services: (LinkedShare & { name: string })[];
  problems: LinkProblem[];
  live: (LinkedShare & { startMs: number })[];
}
