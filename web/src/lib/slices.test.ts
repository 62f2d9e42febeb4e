import { describe, expect, it } from "vitest";
import { sliceHeight, slices, type Slice } from "./slices";

const leaves = (all: Slice[]): Slice[] => all.flatMap((s) => (s.parts ? leaves(s.parts) : [s]));
const boxes = (all: Slice[]): number => Math.max(all.length, ...all.map((s) => (s.parts ? boxes(s.parts) : 0)));

describe("slices", () => {
  it("hold every item once, in order, and no more than fits into one", () => {
    const cut = leaves(slices(40_000, (i) => 20 + (i % 7) * 30));
    expect(cut[0]?.from).toBe(0);
    expect(cut.at(-1)?.to).toBe(40_000);
    for (const [i, s] of cut.entries()) {
      expect(s.from).toBe(cut[i - 1]?.to ?? 0);
      expect(s.height).toBeLessThanOrEqual(sliceHeight);
    }
  });
  it("leave a high item alone", () => expect(leaves(slices(3, (i) => (i === 1 ? 90_000 : 20))).map((s) => [s.from, s.to])).toEqual([[0, 1], [1, 2], [2, 3]]));
  it("are few at each level", () => expect(boxes(slices(40_000, () => 100))).toBeLessThanOrEqual(32));
  it("stay what they are when the list grows", () => {
    const before = leaves(slices(5000, () => 25));
    expect(leaves(slices(9000, () => 25)).slice(0, before.length - 1)).toEqual(before.slice(0, -1));
  });
  it("are as high as what is in them", () => expect(slices(1000, () => 25).reduce((n, s) => n + s.height, 0)).toBe(25_000));
  it("of nothing are none", () => expect(slices(0, () => 1)).toEqual([]));
});
