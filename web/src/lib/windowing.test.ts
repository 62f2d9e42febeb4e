import { describe, expect, it } from "vitest";
import { scrollToShow, visibleRows } from "./windowing";

describe("visibleRows", () => {
  it("is what is in view and a little more", () => expect(visibleRows(1000, 500, 50, 1000, 2)).toEqual({ from: 18, to: 32 }));
  it("stays inside the list", () => {
    expect(visibleRows(-20, 500, 50, 5)).toEqual({ from: 0, to: 5 });
    expect(visibleRows(0, 500, 50, 0)).toEqual({ from: 0, to: 0 });
  });
  it("survives a list that became shorter than where one had scrolled", () => {
    const { from, to } = visibleRows(10_000, 500, 50, 3);
    expect(from).toBeLessThanOrEqual(to);
  });
});

describe("scrollToShow", () => {
  it("moves as little as it can", () => {
    expect(scrollToShow(3, 0, 500, 50)).toBe(0);
    expect(scrollToShow(2, 300, 500, 50)).toBe(100);
    expect(scrollToShow(20, 0, 500, 50)).toBe(550);
  });
});
