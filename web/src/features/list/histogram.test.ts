import { expect, test } from "vitest";
import { barAt, range, spanText, ticks } from "./histogram";

const at = (year: number, month: number, day: number, hour = 0, minute = 0) => new Date(year, month, day, hour, minute).getTime();

test("labels are at round local times, no more than there is room for", () => {
  const labels = (from: number, to: number, most: number) => ticks(from, to, most).map((t) => t.label);
  expect(labels(at(2026, 4, 4, 10, 20), at(2026, 4, 4, 13, 0), 6)).toEqual(["10:30", "11:00", "11:30", "12:00", "12:30"]);
  expect(labels(at(2026, 4, 4, 15), at(2026, 4, 5, 15), 5)).toEqual(["18:00", "5 May", "06:00", "12:00"]);
  expect(labels(at(2026, 4, 4, 15), at(2026, 4, 8, 15), 5)).toEqual(["5 May", "6 May", "7 May", "8 May"]);
  expect(labels(at(2026, 0, 1), at(2027, 0, 1), 5)).toEqual(["Jan 2026", "Apr 2026", "Jun 2026", "Sept 2026", "Dec 2026"]);
});

const bars = [0, 1, 2, 3].map((i) => ({ fromMs: i * 10, toMs: i * 10 + 10, count: 1, failed: 0 }));

test("a pointer beyond the ends means the first or last bar", () => {
  expect([-0.5, 0, 0.26, 0.99, 1, 2].map((share) => barAt(bars, share))).toEqual([0, 0, 1, 3, 3, 3]);
});

test("a range covers whole bars, in either direction", () => {
  expect(range(bars, 1, 2)).toEqual({ fromMs: 10, toMs: 30 });
  expect(range(bars, 2, 1)).toEqual({ fromMs: 10, toMs: 30 });
  expect(range([], 0, 0)).toBeNull();
});

test("a span is said as short as it can be", () => {
  expect(spanText({ fromMs: at(2026, 4, 4, 10), toMs: at(2026, 4, 4, 11) })).toBe("4 May, 10:00 – 11:00");
  expect(spanText({ fromMs: at(2026, 4, 4, 23), toMs: at(2026, 4, 5, 1) })).toBe("4 May, 23:00 – 5 May, 01:00");
  expect(spanText({ fromMs: at(2026, 4, 4), toMs: at(2026, 4, 5) })).toBe("4 May");
  expect(spanText({ fromMs: at(2026, 4, 4), toMs: at(2026, 4, 11) })).toBe("4 May – 10 May");
});
