import { describe, expect, it } from "vitest";
import { bars, cameLate, columns, densityOf, heights } from "./density";

const span = { startMs: 0, endMs: 8 * 3_600_000 };

describe("densityOf", () => {
  it("counts each activity once, in at most 240 steps", () => {
    const rows = Array.from({ length: 50_000 }, (_, i) => ({ atMs: (i * span.endMs) / 50_000, kind: i % 2 ? ("click" as const) : ("key" as const) }));
    const density = densityOf(rows, span);
    expect(density.kinds.click).toHaveLength(240);
    expect(density.kinds.click?.reduce((a, b) => a + b)).toBe(25_000);
    expect(density.kinds.scroll).toBeUndefined();
  });
  it("takes the last instant, and nothing outside", () => {
    expect(densityOf([{ atMs: span.endMs, kind: "click" }, { atMs: -1, kind: "click" }], span).kinds.click?.at(-1)).toBe(1);
    expect(densityOf([{ atMs: 5, kind: "click" }], { startMs: 5, endMs: 5 }).kinds.click).toEqual([1]);
  });
});

describe("cameLate", () => {
  const was = { fromMs: 1000, stepMs: 100, kinds: { click: [4, 0, 2, 0] } };
  it("sees more in a step that had ended", () => expect(cameLate(was, { ...was, kinds: { click: [4, 0, 2, 0], key: [0, 1, 0, 0] } }, 1200)).toBe(true));
  it("does not see what follows, nor the same", () => {
    expect(cameLate(was, { ...was, kinds: { click: [4, 0, 3, 9] } }, 1250)).toBe(false);
    expect(cameLate(was, was, 5000)).toBe(false);
    expect(cameLate(was, { ...was, kinds: {} }, 500)).toBe(false);
  });
  it("cannot compare other steps", () => expect(cameLate(was, { ...was, stepMs: 200, kinds: { click: [9] } }, 5000)).toBe(false));
});

describe("columns", () => {
  const density = { fromMs: 0, stepMs: 100, kinds: { click: [4, 0, 2, 0], key: [0, 1, 0, 0] } };
  it("adds up steps that are shorter than a part", () => expect(columns(density, ["click", "key"], { startMs: 0, endMs: 400 }, 2)).toEqual([5, 2]));
  it("spreads steps that are longer", () => expect(columns(density, ["click"], { startMs: 0, endMs: 100 }, 4)).toEqual([1, 1, 1, 1]));
  it("leaves out what is not shown", () => expect(columns(density, ["click"], { startMs: 200, endMs: 400 }, 2)).toEqual([2, 0]));
  it("is nothing on no line", () => expect(columns(density, ["click"], { startMs: 0, endMs: 0 }, 4)).toEqual([0, 0, 0, 0]));
});

describe("bars", () => {
  it("shows one beside a thousand", () => {
    const [one, none, most] = heights([1, 0, 1000]);
    expect(one).toBe(0.2);
    expect(none).toBe(0);
    expect(most).toBe(1);
  });
  it("are one path", () => expect(bars([0.5, 0, 1])).toBe("M0 1V0.500h.8V1zM2 1V0.000h.8V1z"));
});
