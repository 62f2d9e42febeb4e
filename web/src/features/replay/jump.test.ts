import { describe, expect, it } from "vitest";
import { next, targets } from "./jump";
import { emptyTimeline, type ActivityRow, type TimelineCall } from "./sessionTimeline";

const row = (atMs: number, kind: ActivityRow["kind"], more: Partial<ActivityRow> = {}): ActivityRow => ({ id: `${atMs}${kind}`, atMs, endMs: null, windowId: "w", kind, label: "", detail: "", page: null, node: null, status: null, traceId: null, firstByteMs: null, generationId: null, ...more });
const call = (startMs: number, more: Partial<TimelineCall> = {}): TimelineCall => ({ id: `c${startMs}`, traceId: "t", windowId: null, kind: "generation", name: "", startMs, firstTokenMs: null, endMs: startMs + 500, error: false, stopped: false, ...more });
const timeline = { ...emptyTimeline, calls: [call(1000), call(1200, { kind: "tool" }), call(5000, { error: true })] };
const rows = [row(500, "click"), row(2000, "request", { status: 503 }), row(2500, "request", { status: 200 }), row(3000, "console", { detail: "error" }), row(9000, "feedback")];

describe("going to", () => {
  it("the next activity and the one before", () => {
    const all = targets("event", timeline, rows);
    expect(next(all, 500, 1)?.atMs).toBe(2000);
    expect(next(all, 2800, -1)?.atMs).toBe(2000);
    expect(next(all, 9000, 1)).toBeNull();
    expect(next(all, 500, -1)).toBeNull();
  });
  it("goes back further than a moment, so that pressing twice while playing goes back twice", () => {
    const all = targets("event", timeline, rows);
    expect(next(all, 2600, -1)?.atMs).toBe(500);
  });
  it("AI calls, without tools", () => expect(targets("call", timeline, rows).map((t) => t.callId)).toEqual(["c1000", "c5000"]));
  it("errors of calls, requests and the console", () => expect(targets("error", timeline, rows).map((t) => t.atMs)).toEqual([2000, 3000, 5000]));
  it("feedback", () => expect(targets("feedback", timeline, rows).map((t) => t.atMs)).toEqual([9000]));
  it("marks, where no single activities are known", () => {
    const marks = [{ atMs: 7, windowId: null, kind: "page_error" as const, label: "" }, { atMs: 8, windowId: null, kind: "feedback" as const, label: "" }];
    expect(targets("error", { ...emptyTimeline, marks }, []).map((t) => t.atMs)).toEqual([7]);
    expect(targets("feedback", { ...emptyTimeline, marks }, []).map((t) => t.atMs)).toEqual([8]);
  });
});
