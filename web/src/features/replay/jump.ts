// Going from one activity, AI call, error or feedback to the next.
import type { ActivityRow, SessionTimeline } from "./sessionTimeline";
import { isBad } from "./sessionTimeline";

export type Stop = "event" | "call" | "error" | "feedback";

export interface Target {
  atMs: number;
  windowId: string | null;
  /** The AI call; null for other targets. */
  callId: string | null;
}

/** How far before the playhead a target must be, ms: otherwise going back twice while playing would find the same target again. */
const backMs = 700;

/** All targets of a kind, in order of time. */
export function targets(stop: Stop, timeline: SessionTimeline, rows: readonly ActivityRow[]): Target[] {
  const ofRow = ({ atMs, windowId }: ActivityRow): Target => ({ atMs, windowId, callId: null });
  const calls = timeline.calls.filter((c) => c.kind !== "tool");
  const ofCall = (c: (typeof calls)[number]): Target => ({ atMs: c.startMs, windowId: c.windowId, callId: c.id });
  const ofMark = ({ atMs, windowId }: { atMs: number; windowId: string | null }): Target => ({ atMs, windowId, callId: null });
  const found = {
    event: () => rows.map(ofRow),
    call: () => calls.map(ofCall),
    error: () => [...calls.filter((c) => c.error).map(ofCall), ...(rows.length > 0 ? rows.filter(isBad).map(ofRow) : timeline.marks.filter((m) => m.kind !== "feedback").map(ofMark))],
    feedback: () => (rows.length > 0 ? rows.filter((r) => r.kind === "feedback").map(ofRow) : timeline.marks.filter((m) => m.kind === "feedback").map(ofMark)),
  }[stop]();
  return found.sort((a, b) => a.atMs - b.atMs);
}

/** The first target after now, or the last one before it; null where there is none. */
export function next(all: readonly Target[], now: number, by: 1 | -1): Target | null {
  if (by > 0) return all.find((t) => t.atMs > now + 1) ?? null;
  return all.findLast((t) => t.atMs < now - backMs) ?? null;
}
