import { describe, expect, it } from "vitest";
import type { SessionDetail } from "../../lib/domain";
import { fromSession, fromWire, isBad, rowFromWire, type WireRow, type WireTimeline } from "./sessionTimeline";

const session = {
  startMs: 0,
  endMs: 60_000,
  windowList: [{ id: "w1", startMs: 0, endMs: 60_000, firstSnapshotMs: 0, clicks: 1, keypresses: 0 }],
  generations: [{ id: "g", traceId: "t", windowId: "w1", kind: "generation", name: null, model: "m", startMs: 10_000, endMs: 14_000, firstTokenS: 1, isError: true, stopped: true }],
} as unknown as SessionDetail;

describe("a session without its timeline", () => {
  it("shows its windows and calls", () => {
    const timeline = fromSession(session);
    expect(timeline.windows[0]?.ranges).toEqual([{ startMs: 0, endMs: 60_000 }]);
    expect(timeline.calls).toMatchObject([{ id: "g", name: "m", startMs: 10_000, firstTokenMs: 11_000, endMs: 14_000, error: true }]);
    expect(timeline.live).toBeNull();
  });
});

describe("a timeline as the server answers it", () => {
  const wire: WireTimeline = {
    start_ms: 5,
    end_ms: 90_000,
    live: true,
    windows: [{ id: "w1", start_ms: 5, end_ms: 90_000, width: 1280, height: 720, ranges: [{ from_ms: 5, to_ms: 9 }], active: [] }],
    gaps: [{ window_id: "w1", from_ms: 7, to_ms: 8, reason: "missing", detail: "An upload is missing." }],
    calls: [
      { id: "x", trace_id: "t", kind: "tool", name: "search", model: null, start_ms: 11_000, first_token_ms: null, end_ms: 12_000, error: false, stopped: false },
      { id: "g", trace_id: "t", kind: "generation", name: "n", model: "m", start_ms: 10_000, first_token_ms: 10_500, end_ms: 14_000, error: false, stopped: true },
    ],
    pages: [{ at_ms: 5, window_id: "w1", url: "u" }],
    density: { from_ms: 5, step_ms: 0, kinds: { click: [1] } },
    marks: [{ at_ms: 6, window_id: "w1", kind: "request_failed", label: "GET /x" }],
  };
  it("is read, with the generations that it had no room for", () => {
    expect(fromWire({ ...wire, calls: [] }, session).calls.map((c) => c.id)).toEqual(["g"]);
    const timeline = fromWire(wire, session);
    expect(timeline.calls.map((c) => [c.id, c.name, c.windowId, c.stopped])).toEqual([["g", "m", "w1", true], ["x", "search", null, false]]);
    expect(timeline.gaps).toEqual([{ startMs: 7, endMs: 8, windowId: "w1", reason: "missing", detail: "An upload is missing." }]);
    expect(timeline.windows[0]?.ranges).toEqual([{ startMs: 5, endMs: 9 }]);
    expect(timeline.density.stepMs).toBe(1);
  });
});

describe("isBad", () => {
  const row = (more: Partial<WireRow>) => rowFromWire({ id: "", at_ms: 0, end_ms: null, window_id: null, kind: "click", label: "", detail: "", page: null, node: null, status: null, trace_id: null, first_byte_ms: null, generation_id: null, ...more });
  it.each<[Partial<WireRow>, boolean]>([
    [{ kind: "click" }, false],
    [{ kind: "request", status: 200 }, false],
    [{ kind: "request", status: null }, false],
    [{ kind: "request", status: 0 }, true],
    [{ kind: "request", status: 404 }, true],
    [{ kind: "console", detail: "warn" }, false],
    [{ kind: "console", detail: "error" }, true],
    [{ kind: "rage_click" }, true],
  ])("%j: %s", (more, bad) => expect(isBad(row(more))).toBe(bad));
});
