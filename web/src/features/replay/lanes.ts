// The lanes of a session's timeline: what each shows, how high it is, and what words describe it.
import { clock, duration, plural } from "../../lib/format";
import type { Hole } from "./holes";
import type { ActivityKind, ActivityRow, Gap, Mark, TimelineCall } from "./sessionTimeline";
import type { Span } from "./timeline";

/** What the person did. */
export const byHand: readonly ActivityKind[] = ["click", "key", "input", "scroll", "copy", "selection", "navigation", "tab_hidden", "tab_visible", "custom", "rage_click", "dead_click"];
/** What the page did. */
export const byPage: readonly ActivityKind[] = ["console", "request"];

/** The rows of an ordered list within a span. */
export function within<T extends { atMs: number }>(rows: readonly T[], { startMs, endMs }: Span): readonly T[] {
  return rows.slice(firstAfter(rows, startMs - 1), firstAfter(rows, endMs));
}

/** The index of the first of ordered rows after ms. */
export function firstAfter(rows: readonly { atMs: number }[], ms: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.atMs ?? Infinity) <= ms) low = middle + 1;
    else high = middle;
  }
  return low;
}

export const overlaps = (a: Span, b: Span): boolean => a.startMs <= b.endMs && a.endMs >= b.startMs;

export function activityColour(row: Pick<ActivityRow, "kind">): string {
  if (row.kind === "rage_click" || row.kind === "dead_click" || row.kind === "page_error") return "bg-bad-fill";
  if (row.kind === "navigation") return "bg-accent";
  return "bg-soft";
}

/** Of two activities at one position the one with the higher rank is shown. */
export const activityRank = (row: ActivityRow): number => ["bg-soft", "bg-accent", "bg-bad-fill"].indexOf(activityColour(row));

export function markColour(kind: Mark["kind"]): string {
  if (kind === "feedback") return "bg-good";
  if (kind === "rage_click" || kind === "dead_click") return "bg-warn";
  return "bg-bad-fill";
}

/** The colour of an instant of an answer: by what it says about the reaction, or that of a time. */
export const answerColour = (tone: "time" | "good" | "bad" | "none"): string => ({ time: "bg-ai", good: "bg-good", bad: "bg-bad-fill", none: "bg-soft" })[tone];

const markNames: Record<Mark["kind"], string> = {
  page_error: "Page error",
  console_error: "Console error",
  request_failed: "Request failed",
  rage_click: "Rage click",
  dead_click: "Dead click",
  feedback: "Feedback",
};

/** The text of a mark: its kind, and what it says beyond that. */
export const markText = ({ kind, label }: Mark): string => (label === "" || label === markNames[kind] ? markNames[kind] : `${markNames[kind]}: ${label}`);

export function callText(call: TimelineCall, origin: number): string {
  const state = call.error ? ", failed" : call.stopped ? ", stopped by the person" : "";
  const first = call.firstTokenMs === null ? "" : `, first token after ${duration((call.firstTokenMs - call.startMs) / 1000)}`;
  return `${clock(call.startMs - origin)} ${call.name}, ${duration((call.endMs - call.startMs) / 1000)}${first}${state}`;
}

/** Requests for which AI calls were made, as bars of the page's lane. */
export const aiRequests = (rows: readonly ActivityRow[]) => rows.filter((row) => row.generationId !== null).map((row) => ({ row, startMs: row.atMs, endMs: row.endMs ?? row.atMs, firstTokenMs: row.firstByteMs }));

/** How much of a call passed before its first token, 0 to 1; 0 where that is not known. */
export function waited(call: Pick<TimelineCall, "startMs" | "endMs" | "firstTokenMs">): number {
  const length = call.endMs - call.startMs;
  return call.firstTokenMs === null || length <= 0 ? 0 : Math.min(1, Math.max(0, (call.firstTokenMs - call.startMs) / length));
}

const when = (span: Span, origin: number) => `${clock(span.startMs - origin)} – ${clock(span.endMs - origin)}, ${duration((span.endMs - span.startMs) / 1000)}`;

export function holeText(hole: Hole, origin: number): string {
  if (hole.kind === "quiet") return `${when(hole, origin)}: nothing was recorded. The page did not change and the person did nothing, or the tab was in the background.`;
  return `${when(hole, origin)}: part of the recording cannot be read (${plural(hole.events, "event")}). The picture may be wrong ${hole.mendedMs === null ? "from there on" : `until ${clock(hole.mendedMs - origin)}`}.`;
}

/** Whether nothing in a gap can be shown. In other gaps a part was recorded, and that is played. */
export const isDark = (gap: Gap): boolean => !["dropped_mutations", "oversized", "lost_upload", "out_of_order", "repeated"].includes(gap.reason);

export const gapText = (gap: Gap, origin: number): string => (gap.endMs > gap.startMs ? `${when(gap, origin)}: ${gap.detail}` : gap.detail);

/** Whether a gap is drawn in the i-th tab: its own, or the first one if nothing of its own is on the timeline. */
export const isDrawnIn = (gap: Gap, i: number, tabs: readonly { id: string }[]): boolean => gap.windowId === tabs[i]?.id || (i === 0 && !tabs.some((tab) => tab.id === gap.windowId));
