import { describe, expect, it } from "vitest";
import { apart, currentGeneration, extent, fraction, packLanes, ticks, timeAt } from "./timeline";

const span = { startMs: 1000, endMs: 3000 };

describe("places", () => {
  it("go there and back", () => {
    for (const ms of [1000, 1500, 3000]) expect(timeAt(fraction(ms, span), span)).toBe(ms);
  });
  it("stay on the line", () => {
    expect(fraction(0, span)).toBe(0);
    expect(fraction(9000, span)).toBe(1);
    expect(timeAt(2, span)).toBe(3000);
    expect(fraction(5, { startMs: 5, endMs: 5 })).toBe(0);
  });
});

describe("ticks", () => {
  it("are round and apart", () => {
    expect(ticks({ startMs: 0, endMs: 60_000 }, 900)).toEqual([0, 10_000, 20_000, 30_000, 40_000, 50_000, 60_000]);
    for (const minutes of [1, 7, 60, 600, 3000]) {
      const t = ticks({ startMs: 0, endMs: minutes * 60_000 }, 800);
      expect(t.length).toBeGreaterThan(0);
      expect(t.length).toBeLessThanOrEqual(10);
    }
  });
  it("are counted from the start of the whole where a part is shown", () => {
    expect(ticks({ startMs: 61_000, endMs: 121_000 }, 900, 1000)).toEqual([60_000, 70_000, 80_000, 90_000, 100_000, 110_000, 120_000]);
    expect(ticks({ startMs: 64_500, endMs: 124_500 }, 900, 1000)[0]).toBe(70_000);
  });
  it("are none on no line", () => expect([ticks(span, 0), ticks({ startMs: 5, endMs: 5 }, 100)]).toEqual([[], []]));
});

describe("extent", () => {
  const session = { startMs: 0, endMs: 10, windowList: [{ startMs: 1000, endMs: 61_000 }], generations: [] };
  it("is the windows, not the session's own guess", () => expect(extent(session)).toEqual({ startMs: 1000, endMs: 61_000 }));
  it("makes room for calls close by", () => {
    expect(extent({ ...session, generations: [{ startMs: 60_000, endMs: 65_000 }] })).toEqual({ startMs: 1000, endMs: 65_000 });
  });
  it("is not stretched by a clock set wrong", () => {
    expect(extent({ ...session, generations: [{ startMs: 90_000_000, endMs: 90_001_000 }] })).toEqual({ startMs: 1000, endMs: 61_000 });
  });
  it("is the session's when nothing is recorded", () => expect(extent({ ...session, startMs: 5, endMs: 5000, windowList: [] })).toEqual({ startMs: 5, endMs: 5000 }));
});

describe("packLanes", () => {
  const s = (startMs: number, endMs: number) => ({ startMs, endMs });
  it("puts what overlaps beside each other", () => {
    expect(packLanes([s(0, 10), s(5, 8), s(10, 12), s(11, 20)], 1)).toEqual([0, 1, 0, 1]);
  });
  it("counts what a bar takes on the screen", () => expect(packLanes([s(0, 1), s(2, 3)], 10)).toEqual([0, 1]));
  it("has a last lane", () => expect(packLanes([s(0, 9), s(0, 9), s(0, 9), s(0, 9)], 1, 2)).toEqual([0, 1, 1, 1]));
});

describe("currentGeneration", () => {
  const generations = [
    { id: "a", startMs: 0, endMs: 100 },
    { id: "b", startMs: 20, endMs: 40 },
    { id: "c", startMs: 200, endMs: 300 },
  ];
  it.each([
    [-1, undefined],
    [10, "a"],
    [30, "b"],
    [50, "a"],
    [150, "a"],
    [250, "c"],
    [999, "c"],
  ])("at %d", (now, id) => expect(currentGeneration(generations, now)?.id).toBe(id));
});

describe("apart", () => {
  const at = (item: number) => item;
  it("keeps one for each place", () => {
    const kept = apart(Array.from({ length: 20_000 }, (_, i) => i), 100, { at });
    expect(kept).toHaveLength(200);
    expect(kept[0]).toEqual({ item: 0, index: 0, more: 99 });
  });
  it("keeps all that are apart", () => expect(apart([0, 150, 320], 100, { at }).map((k) => k.item)).toEqual([0, 150, 320]));
  it("prefers what tells more, and what is chosen stays", () => {
    expect(apart([1, 2, 3, 4], 100, { at, telling: (n) => (n === 3 ? 1 : 0), keep: (n) => n === 4 }).map((k) => [k.item, k.more])).toEqual([[3, 2], [4, 0]]);
  });
  it("tells lanes apart", () => expect(apart([1, 2], 100, { at, lane: (_, i) => i })).toHaveLength(2));
});
