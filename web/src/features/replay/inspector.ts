// The rows of the inspector: what the person did, what the page did, and what was said, in order of time.
import type { Person, SessionDetail, SessionGeneration } from "../../lib/domain";
import { count, duration, plural, timeOfDay } from "../../lib/format";
import { oneLine } from "../../lib/preview";
import { isBad, type ActivityKind, type ActivityRow } from "./sessionTimeline";

export type Tab = "all" | "ai" | "activity" | "console" | "network" | "page";

export const tabNames: Record<Tab, string> = { all: "All", ai: "AI", activity: "Activity", console: "Console", network: "Network", page: "Page" };

export interface InspectorRow {
  id: string;
  atMs: number;
  kind: ActivityKind | "question" | "answer";
  text: string;
  detail: string;
  bad: boolean;
  windowId: string | null;
  /** The AI call that a question, an answer or a request belongs to. */
  callId: string | null;
  /** The trace that it belongs to. */
  traceId: string | null;
}

export function inspectorRows(rows: readonly ActivityRow[], generations: readonly SessionGeneration[]): InspectorRow[] {
  const all: InspectorRow[] = rows.map((row) => ({
    id: row.id,
    atMs: row.atMs,
    kind: row.kind,
    text: row.label || names[row.kind],
    detail: row.kind === "request" ? [statusText(row.status), row.detail].filter(Boolean).join(" · ") : row.detail,
    bad: isBad(row),
    windowId: row.windowId,
    callId: row.generationId,
    traceId: row.traceId,
  }));
  for (const g of generations) {
    if (g.kind !== "generation") continue;
    const of = { windowId: g.windowId, callId: g.id, traceId: g.traceId };
    all.push({ ...of, id: `${g.id} question`, atMs: g.startMs, kind: "question", text: oneLine(g.inputPreview) || (g.name ?? g.model ?? "AI call"), detail: g.model ?? "", bad: false });
    const text = g.error ?? oneLine(g.outputPreview);
    all.push({ ...of, id: `${g.id} answer`, atMs: g.firstTokenS === null ? g.endMs : g.startMs + g.firstTokenS * 1000, kind: "answer", text: text || (g.isError ? "Failed" : "An empty answer"), detail: g.latencyS === null ? "" : duration(g.latencyS), bad: g.isError });
  }
  return all.sort((a, b) => a.atMs - b.atMs);
}

/** A trace within this time of an activity is around it, ms. */
const aroundMs = 60_000;
const mostAround = 20;

/** The traces around an activity: the one that it belongs to, else those within a minute, else the nearest one. The nearest comes first. */
export function tracesAround(row: Pick<InspectorRow, "atMs" | "traceId">, generations: readonly Pick<SessionGeneration, "traceId" | "startMs" | "endMs">[]): string[] {
  if (row.traceId) return [row.traceId];
  const distance = (g: { startMs: number; endMs: number }) => Math.max(g.startMs - row.atMs, row.atMs - g.endMs, 0);
  const near = generations.filter((g) => g.traceId !== "").toSorted((a, b) => distance(a) - distance(b));
  return [...new Set(near.filter((g, i) => i === 0 || distance(g) <= aroundMs).map((g) => g.traceId))].slice(0, mostAround);
}

const wordsOf = (q: string) => q.toLowerCase().split(/\s+/).filter(Boolean);
const hasAll = (text: string, words: readonly string[]) => words.every((word) => text.toLowerCase().includes(word));

/** The rows of a tab that contain all words of q. */
export function matching(rows: readonly InspectorRow[], tab: Tab, q: string): readonly InspectorRow[] {
  const words = wordsOf(q);
  if (tab === "all" && words.length === 0) return rows;
  return rows.filter((row) => isOf(row, tab) && hasAll(`${names[row.kind]} ${row.text} ${row.detail}`, words));
}

/** What is true at the playhead, or of the whole session. */
export interface Fact {
  name: string;
  text: string;
  /** Whom it is about. */
  person?: Person;
}

/** Where the playhead is. */
export interface Where {
  atMs: number;
  url: string | null;
  /** Of the recorded page. */
  title: string;
  /** The tab on the screen, and its number. */
  tab: { number: number; of: number; startMs: number; endMs: number } | null;
  /** Of the recorded page, CSS pixels. */
  size: { width: number; height: number } | null;
}

/** The facts of the page at the playhead, of the person's device and of the program. What is not known is left out. */
export function factsOf(session: SessionDetail, { atMs, url, title, tab, size }: Where): Fact[] {
  const { surroundings: s, person } = session;
  const all: [name: string, text: string | null | undefined][] = [
    ["Page", url || session.startUrl || "not known"],
    ["Title", title],
    ["Tab", tab ? `${tab.number} of ${tab.of}, ${timeOfDay(tab.startMs)} – ${timeOfDay(tab.endMs)}` : "nothing was recorded"],
    ["Viewport", size && `${count(size.width)} × ${count(size.height)}`],
    ["Time there", timeOfDay(atMs)],
    ["Browser", s?.browser],
    ["System", s?.os],
    ["Device", s?.device],
    ["Screen", s?.screen?.replace("x", " × ")],
    ["Country", s?.country],
    ["Release", s?.release],
    ["Environment", s?.env],
    ["Library", s?.library],
    ["Recorder, as last reported", s?.recording],
    ["Session", `${duration(session.durationS)}, ${plural(session.clicks, "click")}, ${plural(session.keypresses, "key press", "key presses")}, ${plural(session.aiCalls, "AI call")}`],
  ];
  const known: Fact[] = all.flatMap(([name, text]) => (text ? [{ name, text }] : []));
  return person ? [...known, { name: "Person", text: [person.name, person.email, person.id].filter(Boolean).join(" "), person }] : known;
}

/** The facts that contain all words of q. */
export const matchingFacts = (facts: readonly Fact[], q: string) => facts.filter((fact) => hasAll(`${fact.name} ${fact.text}`, wordsOf(q)));

/** The addresses that contain all words of q. */
export const matchingPages = <T extends { url: string }>(pages: readonly T[], q: string) => pages.filter((page) => hasAll(page.url, wordsOf(q)));

function isOf({ kind }: InspectorRow, tab: Tab): boolean {
  const speech = kind === "question" || kind === "answer";
  switch (tab) {
    case "ai":
      return speech || kind === "feedback";
    case "console":
      return kind === "console" || kind === "page_error";
    case "network":
      return kind === "request";
    case "activity":
      return !speech && kind !== "console" && kind !== "request";
    default:
      return true;
  }
}

export const names: Record<InspectorRow["kind"], string> = {
  click: "Click",
  key: "Keys",
  input: "Input",
  scroll: "Scroll",
  copy: "Copy",
  selection: "Selection",
  navigation: "Page view",
  tab_hidden: "Tab hidden",
  tab_visible: "Tab visible",
  console: "Console",
  request: "Request",
  page_error: "Page error",
  feedback: "Feedback",
  custom: "Event",
  rage_click: "Rage click",
  dead_click: "Dead click",
  question: "Asked",
  answer: "Answered",
};

const statusText = (status: number | null) => (status === null ? "" : status === 0 ? "failed" : String(status));
