import { expect, test } from "vitest";
import { barAt, figures, range, spanText, ticks } from "./histogram";

const at = (year: number, month: number, day: number, hour = 0, minute = 0) => new Date(year, month, day, hour, minute).getTime();

test("labels are at round local times, no more than there is room for", () => {
  const labels = (from: number, to: number, most: number) => ticks(from, to, most).map((t) => t.label);
  expect(labels(at(2026, 4, 4, 10, 20), at(2026, 4, 4, 13, 0), 6)).toEqual(["10:30", "11:00", "11:30", "12:00", "12:30"]);
  expect(labels(at(2026, 4, 4, 15), at(2026, 4, 5, 15), 5)).toEqual(["18:00", "5 May", "06:00", "12:00"]);
  expect(labels(at(2026, 4, 4, 15), at(2026, 4, 8, 15), 5)).toEqual(["5 May", "6 May", "7 May", "8 May"]);
  expect(labels(at(2026, 0, 1), at(2027, 0, 1), 5)).toEqual(["Jan 2026", "Apr 2026", "Jun 2026", "Sept 2026", "Dec 2026"]);
});

const bars = [0, 1, 2, 3].map((i) => ({ fromMs: i * 10, toMs: i * 10 + 10, count: 1, failed: 0, good: 0 }));

test("a pointer beyond the ends means the first or last bar", () => {
  expect([-0.5, 0, 0.26, 0.99, 1, 2].map((share) => barAt(bars, share))).toEqual([0, 0, 1, 3, 3, 3]);
});

test("a range covers whole bars, in either direction", () => {
  expect(range(bars, 1, 2)).toEqual({ fromMs: 10, toMs: 30 });
  expect(range(bars, 2, 1)).toEqual({ fromMs: 10, toMs: 30 });
  expect(range([], 0, 0)).toBeNull();
});

test("bars say how many rows failed, or how they were scored", () => {
  const some = [{ fromMs: 0, toMs: 1, count: 6, failed: 1, good: 4 }, { fromMs: 1, toMs: 2, count: 4, failed: 1, good: 0 }];
  const texts = (told: Parameters<typeof figures>[1], of = some) => figures(of, told).map((f) => [f.text, f.tone]);
  expect(texts("failures")).toEqual([["2 failed (20 %)", "bad"]]);
  expect(texts("failures", [{ ...some[0]!, failed: 0 }])).toEqual([["none failed", "none"]]);
  expect(texts("scores")).toEqual([["2 scored below 0.5 (20 %)", "bad"], ["4 scored 0.5 or more (40 %)", "good"], ["4 without a score (40 %)", "none"]]);
  expect(texts("scores", [{ ...some[0]!, failed: 0, good: 6 }])).toEqual([["6 scored 0.5 or more (100 %)", "good"]]);
  expect([texts("nothing"), texts("scores", []), texts("failures", bars.map((b) => ({ ...b, count: 0 })))]).toEqual([[], [], []]);
});

test("a span is said as short as it can be", () => {
  expect(spanText({ fromMs: at(2026, 4, 4, 10), toMs: at(2026, 4, 4, 11) })).toBe("4 May, 10:00 – 11:00");
  expect(spanText({ fromMs: at(2026, 4, 4, 23), toMs: at(2026, 4, 5, 1) })).toBe("4 May, 23:00 – 5 May, 01:00");
  expect(spanText({ fromMs: at(2026, 4, 4), toMs: at(2026, 4, 5) })).toBe("4 May");
  expect(spanText({ fromMs: at(2026, 4, 4), toMs: at(2026, 4, 11) })).toBe("4 May – 10 May");
});
