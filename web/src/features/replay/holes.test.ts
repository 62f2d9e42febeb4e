import { describe, expect, it } from "vitest";
import { custom, fullSnapshot, incremental, type RrEvent } from "./events";
import { doubtful, gapOf, holes } from "./holes";

const at = (timestamp: number, type = incremental): RrEvent => ({ type, data: {}, timestamp });
const marker = (timestamp: number, tag = "playhead.loaded", payload: unknown = {}): RrEvent => ({ type: custom, data: { tag, payload }, timestamp });
const gap = (from_ms: number, to_ms: number, events = 5) => ({ from_ms, to_ms, events, block: `${from_ms}` });

describe("holes", () => {
  it("finds none in a recording that goes on", () => expect(holes([at(0, fullSnapshot), at(20_000), at(40_000)], [])).toEqual([]));
  it("finds times without any event, whatever we put there", () => {
    expect(holes([at(0, fullSnapshot), marker(30_000), at(60_000), at(61_000)], [])).toEqual([{ kind: "quiet", startMs: 0, endMs: 60_000 }]);
  });
  it("takes a recorder's own markers for events", () => expect(holes([at(0), marker(20_000, "$pageview"), at(40_000)], [])).toEqual([]));
  it("says from when on the picture is right again after a lost part", () => {
    const found = holes([at(0, fullSnapshot), at(1000), at(70_000), at(90_000, fullSnapshot)], [gap(2000, 60_000)]);
    expect(found).toEqual([{ kind: "lost", startMs: 2000, endMs: 60_000, events: 5, mendedMs: 90_000 }]);
    expect(doubtful(found, 1999)).toBeNull();
    expect(doubtful(found, 2000)).toBe(found[0]);
    expect(doubtful(found, 75_000)).toBe(found[0]);
    expect(doubtful(found, 90_000)).toBeNull();
  });
  it("does not know when no full picture follows", () => {
    const found = holes([at(0, fullSnapshot), at(5000)], [gap(2000, 3000)]);
    expect(found).toMatchObject([{ mendedMs: null }]);
    expect(doubtful(found, 1e9)).toBe(found[0]);
  });
  it("makes one of lost parts that follow each other", () => {
    expect(holes([], [gap(4000, 6000, 2), gap(0, 3900, 1), gap(60_000, 61_000, 4)])).toMatchObject([
      { startMs: 0, endMs: 6000, events: 3 },
      { startMs: 60_000, endMs: 61_000, events: 4 },
    ]);
  });
});

describe("gapOf", () => {
  it("reads what the server sends", () => {
    expect(gapOf(marker(1, "playhead.gap", { from_ms: 1, to_ms: 2, events: 3, reason: "missing", block: "b" }))).toEqual({ from_ms: 1, to_ms: 2, events: 3, block: "b" });
  });
  it.each([marker(1), marker(1, "playhead.gap", {}), marker(1, "playhead.gap", null), at(1)])("takes nothing else for it", (event) => expect(gapOf(event)).toBeNull());
});
