import { describe, expect, it } from "vitest";
import { mergeFresh } from "./merge";

const row = (id: string, v = 0) => ({ id, v });

describe("mergeFresh", () => {
  it("updates in place and keeps what is new apart", () => {
    const { items, fresh, gap } = mergeFresh([row("b"), row("a")], [row("d"), row("c"), row("b", 1)]);
    expect(items).toEqual([row("b", 1), row("a")]);
    expect(fresh.map((i) => i.id)).toEqual(["d", "c"]);
    expect(gap).toBe(false);
  });
  it("does not take older rows for new ones", () => {
    // The shown list was narrowed to b; a is older and belongs to a later page.
    expect(mergeFresh([row("b")], [row("b"), row("a")]).fresh).toEqual([]);
  });
  it("says when rows may be missing between", () => {
    const merged = mergeFresh([row("a")], [row("z"), row("y")]);
    expect(merged.fresh).toHaveLength(2);
    expect(merged.gap).toBe(true);
  });
  it("takes all for new when nothing was shown", () => {
    expect(mergeFresh([], [row("a")])).toEqual({ items: [], fresh: [row("a")], gap: false });
  });
});
