import { describe, expect, it } from "vitest";
import { aiRequests, callText, firstAfter, gapText, isDark, isDrawnIn, markText, waited, within } from "./lanes";
import { rowFromWire, type TimelineCall } from "./sessionTimeline";

const rows = [1, 2, 2, 5].map((atMs) => ({ atMs }));
const call: TimelineCall = { id: "c", traceId: "t", windowId: null, kind: "generation", name: "gpt", startMs: 61_000, firstTokenMs: 62_000, endMs: 65_000, error: false, stopped: false };

describe("rows of a span", () => {
  it("are found by their time", () => {
    expect(within(rows, { startMs: 2, endMs: 4 })).toHaveLength(2);
    expect(within(rows, { startMs: 0, endMs: 9 })).toHaveLength(4);
    expect(within(rows, { startMs: 3, endMs: 4 })).toEqual([]);
    expect(firstAfter(rows, 2)).toBe(3);
  });
});

describe("what a lane says", () => {
  it("of a call: when, how long, its first token, and how it ended", () => {
    expect(callText(call, 0)).toBe("1:01 gpt, 4.00 s, first token after 1.00 s");
    expect(callText({ ...call, firstTokenMs: null, error: true }, 0)).toBe("1:01 gpt, 4.00 s, failed");
    expect(waited(call)).toBe(0.25);
    expect(waited({ ...call, firstTokenMs: null })).toBe(0);
  });
  it("of a request that an AI call was made for: first and last byte", () => {
    const request = rowFromWire({ id: "r", at_ms: 1000, end_ms: 5000, window_id: "w", kind: "request", label: "POST /chat", detail: "", page: null, node: null, status: 200, trace_id: "t", first_byte_ms: 2000, generation_id: "g" });
    const [bar, ...more] = aiRequests([request, { ...request, generationId: null }]);
    expect(bar).toMatchObject({ startMs: 1000, endMs: 5000, row: { generationId: "g" } });
    expect(bar && waited(bar)).toBe(0.25);
    expect(more).toEqual([]);
  });
  it("of a mark: not the same twice", () => {
    expect(markText({ atMs: 0, windowId: null, kind: "page_error", label: "Page error" })).toBe("Page error");
    expect(markText({ atMs: 0, windowId: null, kind: "page_error", label: "x is not defined" })).toBe("Page error: x is not defined");
  });
  it("of a gap: its reason", () => expect(gapText({ startMs: 1000, endMs: 3000, windowId: "w", reason: "missing", detail: "An upload is missing." }, 0)).toBe("0:01 – 0:03, 2.00 s: An upload is missing."));
  it("of a gap in which a part was recorded: that is played", () => {
    const dark = ["missing", "corrupt", "no_snapshot", "lost_upload", "dropped_mutations", "oversized", "out_of_order", "repeated"].filter((reason) => isDark({ startMs: 0, endMs: 1, windowId: "w", reason, detail: "" }));
    expect(dark).toEqual(["missing", "corrupt", "no_snapshot"]);
  });
  it("of what is at no time of the timeline: the reason alone, in a tab that is there", () => {
    const gap = { startMs: 3000, endMs: 3000, windowId: "gone", reason: "wrong_time", detail: "Its clock was wrong." };
    expect(gapText(gap, 0)).toBe("Its clock was wrong.");
    const tabs = [{ id: "a" }, { id: "b" }];
    expect(tabs.map((_, i) => isDrawnIn(gap, i, tabs))).toEqual([true, false]);
    expect(tabs.map((_, i) => isDrawnIn({ ...gap, windowId: "b" }, i, tabs))).toEqual([false, true]);
  });
});
