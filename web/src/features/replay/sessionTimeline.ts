// What a session's timeline and its list of activity show: GET /api/sessions/{id}/timeline and …/activity. Times are Unix ms of the browser's clock.
import type { SessionDetail, SessionGeneration } from "../../lib/domain";
import { shortUrl } from "../../lib/format";
import { densityOf, type Density } from "./density";
import { extent, type Span } from "./timeline";

export type ActivityKind =
  | "click" | "key" | "input" | "scroll" | "copy" | "selection" | "navigation" | "tab_hidden" | "tab_visible" | "console" | "request" | "page_error"
  | "feedback" | "custom" | "rage_click" | "dead_click";

/** One activity, or a run of key presses or scrolls. */
export interface ActivityRow {
  id: string;
  atMs: number;
  /** Of requests and runs. */
  endMs: number | null;
  windowId: string | null;
  kind: ActivityKind;
  label: string;
  detail: string;
  page: string | null;
  /** rrweb's id of the element. */
  node: number | null;
  /** Of a request: its HTTP status, 0 when it failed. */
  status: number | null;
  /** Of an event: the trace that it names. Of a request: the one that answered it. */
  traceId: string | null;
  /** Of a request: when the answer began to arrive. It ended at endMs. */
  firstByteMs: number | null;
  /** Of a request: the AI call that was made for it. */
  generationId: string | null;
}

export interface TimelineWindow extends Span {
  id: string;
  /** When it was recorded. */
  ranges: readonly Span[];
  /** When the person acted in it. */
  active: readonly Span[];
  /** Of the viewport, CSS pixels; 0 when unknown. */
  width: number;
  height: number;
}

export interface Gap extends Span {
  windowId: string | null;
  reason: string;
  /** A sentence for people. */
  detail: string;
}

export interface TimelineCall extends Span {
  id: string;
  traceId: string;
  windowId: string | null;
  kind: "generation" | "embedding" | "tool";
  name: string;
  firstTokenMs: number | null;
  error: boolean;
  /** The person stopped the answer. */
  stopped: boolean;
}

export interface Mark {
  atMs: number;
  windowId: string | null;
  kind: "page_error" | "console_error" | "request_failed" | "rage_click" | "dead_click" | "feedback";
  label: string;
}

export interface SessionTimeline extends Span {
  /** More of it may still arrive. Null: the server does not say. */
  live: boolean | null;
  windows: readonly TimelineWindow[];
  gaps: readonly Gap[];
  /** In order of their start. */
  calls: readonly TimelineCall[];
  pages: readonly { atMs: number; windowId: string | null; url: string }[];
  density: Density;
  marks: readonly Mark[];
}

export const emptyTimeline: SessionTimeline = { startMs: 0, endMs: 0, live: null, windows: [], gaps: [], calls: [], pages: [], density: { fromMs: 0, stepMs: 1, kinds: {} }, marks: [] };

interface WireSpan {
  from_ms: number;
  to_ms: number;
}

/** The answer of GET /api/sessions/{id}/timeline. */
export interface WireTimeline {
  start_ms: number;
  end_ms: number;
  live: boolean;
  windows: { id: string; start_ms: number; end_ms: number; width: number; height: number; ranges: WireSpan[]; active: WireSpan[] }[];
  gaps: (WireSpan & { window_id: string | null; reason: string; detail: string })[];
  calls: { id: string; trace_id: string; kind: TimelineCall["kind"]; name: string | null; model: string | null; start_ms: number; first_token_ms: number | null; end_ms: number; error: boolean; stopped: boolean }[];
  pages: { at_ms: number; window_id: string | null; url: string }[];
  density: { from_ms: number; step_ms: number; kinds: Partial<Record<ActivityKind, number[]>> };
  marks: { at_ms: number; window_id: string | null; kind: Mark["kind"]; label: string }[];
}

/** A row of GET /api/sessions/{id}/activity. */
export interface WireRow {
  id: string;
  at_ms: number;
  end_ms: number | null;
  window_id: string | null;
  kind: ActivityKind;
  label: string;
  detail: string;
  page: string | null;
  node: number | null;
  status: number | null;
  trace_id: string | null;
  first_byte_ms: number | null;
  generation_id: string | null;
}

const span = ({ from_ms, to_ms }: WireSpan): Span => ({ startMs: from_ms, endMs: to_ms });

/** session has all generations, with their windows. An answer of the API has no room for thousands of them, but only it has the tools. */
export function fromWire(w: WireTimeline, session: SessionDetail): SessionTimeline {
  const own = new Set(session.generations.map((g) => g.id));
  return {
    startMs: w.start_ms,
    endMs: Math.max(w.end_ms, w.start_ms + 1000),
    live: w.live,
    windows: w.windows.map((v) => ({ id: v.id, startMs: v.start_ms, endMs: v.end_ms, width: v.width, height: v.height, ranges: v.ranges.map(span), active: v.active.map(span) })),
    gaps: w.gaps.map((g) => ({ ...span(g), windowId: g.window_id, reason: g.reason, detail: g.detail })),
    calls: [
      ...session.generations.map(timelineCall),
      ...w.calls
        .filter((c) => !own.has(c.id))
        .map((c) => ({
          id: c.id,
          traceId: c.trace_id,
          windowId: null,
          kind: c.kind,
          name: c.model || c.name || c.kind,
          startMs: c.start_ms,
          firstTokenMs: c.first_token_ms,
          endMs: c.end_ms,
          error: c.error,
          stopped: c.stopped,
        })),
    ].sort((a, b) => a.startMs - b.startMs),
    pages: w.pages.map((p) => ({ atMs: p.at_ms, windowId: p.window_id, url: p.url })),
    density: { fromMs: w.density.from_ms, stepMs: Math.max(1, w.density.step_ms), kinds: w.density.kinds },
    marks: w.marks.map((m) => ({ atMs: m.at_ms, windowId: m.window_id, kind: m.kind, label: m.label })),
  };
}

const pageView = (url: string) => `Page view ${shortUrl(url)}`.trim();

export const rowFromWire = (w: WireRow): ActivityRow => ({
  id: w.id,
  atMs: w.at_ms,
  endMs: w.end_ms,
  windowId: w.window_id,
  kind: w.kind,
  label: w.kind === "navigation" ? pageView(w.label) : w.label,
  detail: w.detail,
  page: w.page,
  node: w.node,
  status: w.status,
  traceId: w.trace_id,
  firstByteMs: w.first_byte_ms,
  generationId: w.generation_id,
});

export function timelineCall(g: SessionGeneration): TimelineCall {
  return {
    id: g.id,
    traceId: g.traceId,
    windowId: g.windowId,
    kind: g.kind === "embedding" ? "embedding" : "generation",
    name: g.model ?? g.name ?? g.kind,
    startMs: g.startMs,
    firstTokenMs: g.firstTokenS === null ? null : g.startMs + g.firstTokenS * 1000,
    endMs: Math.max(g.startMs, g.endMs),
    error: g.isError,
    stopped: g.stopped,
  };
}

/** What is known before the server has answered: the windows and the AI calls. */
export function fromSession(session: SessionDetail): SessionTimeline {
  const whole = extent(session);
  return {
    ...whole,
    live: null,
    windows: session.windowList.map((w) => ({ id: w.id, startMs: w.startMs, endMs: w.endMs, width: 0, height: 0, ranges: [{ startMs: w.startMs, endMs: w.endMs }], active: [] })),
    gaps: [],
    calls: session.generations.map(timelineCall).sort((a, b) => a.startMs - b.startMs),
    pages: [],
    density: densityOf([], whole),
    marks: [],
  };
}

/** Whether an activity is something that went wrong. */
export function isBad(row: ActivityRow): boolean {
  if (row.kind === "request") return row.status !== null && (row.status === 0 || row.status >= 400);
  if (row.kind === "console") return row.detail === "error";
  return row.kind === "page_error" || row.kind === "rage_click" || row.kind === "dead_click";
}
