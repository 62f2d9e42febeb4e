import { describe, expect, it } from "vitest";
import { keepSame, same } from "./same";

describe("same", () => {
  it("is what JSON would say", () => {
    const values = [null, 0, "", "0", [], {}, [1, 2], [1, [2]], { a: 1 }, { a: 1, b: null }, { a: null }, { b: null }, { 0: 1, 1: 2 }];
    for (const a of values) for (const b of values) expect(same(a, structuredClone(b)), `${JSON.stringify(a)} ${JSON.stringify(b)}`).toBe(JSON.stringify(a) === JSON.stringify(b));
  });
});

describe("keepSame", () => {
  it("keeps the rows that did not change, in the new order", () => {
    const before = [{ id: "a", v: [1] }, { id: "b", v: [2] }];
    const kept = keepSame(before, [{ id: "c", v: [0] }, { id: "b", v: [3] }, { id: "a", v: [1] }]);
    expect(kept.map((r) => r.id)).toEqual(["c", "b", "a"]);
    expect(kept[1]?.v).toEqual([3]);
    expect(kept[2]).toBe(before[0]);
  });
});
