import { describe, expect, it } from "vitest";
import { tabAfter, tabAt } from "./follow";
import type { TimelineWindow } from "./sessionTimeline";

const tab = (id: string, startMs: number, endMs: number, ...active: [number, number][]): TimelineWindow => ({ id, startMs, endMs, width: 0, height: 0, ranges: [], active: active.map(([a, b]) => ({ startMs: a, endMs: b })) });
const tabs = [tab("a", 0, 100, [10, 20], [50, 60]), tab("b", 15, 80, [18, 40])];

describe("tabAt", () => {
  it.each([
    [12, "a", "a"],
    [19, "a", "b"], // the person acts in both: the one in which they began last
    [30, "a", "b"],
    [45, "b", "b"], // the person acts in none: it stays
    [45, "a", "a"],
    [55, "b", "a"],
    [90, "b", "a"], // b has ended
  ])("at %d with %s shown is %s", (now, shown, is) => expect(tabAt(tabs, now, shown)).toBe(is));
  it("is none where nothing is recorded", () => expect(tabAt(tabs, 500, "a")).toBeNull());
});

describe("tabAfter", () => {
  it("is another tab that is open", () => expect(tabAfter(tabs, 80, "b")).toEqual({ id: "a", atMs: 80 }));
  it("is the next one that opens", () => expect(tabAfter([tab("a", 0, 10), tab("b", 50, 60), tab("c", 30, 40)], 10, "a")).toEqual({ id: "c", atMs: 30 }));
  it("is none at the end", () => expect(tabAfter(tabs, 100, "a")).toBeNull());
});
