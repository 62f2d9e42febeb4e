import { expect, test } from "vitest";
import { area, labelled, path, shareOf, span, stacked, stepAt, top, under } from "./chart";

test("a line has gaps where there is no value, and a value alone is still seen", () => {
  expect(path([1, 2, null, 4, null], 4, 50, 40)).toBe("M5 30L15 20M32.5 0h5");
  expect(path([], 1, 50, 40)).toBe("");
});

test("there is nothing under a gap of a line", () => {
  expect(under([1, 2, null, 4], 4, 40, 40)).toBe("M5 40L5 30L15 20V40ZM35 40L35 0V40Z");
  expect(under([null], 1, 20, 40)).toBe("");
});

test("the highest value is the top", () => {
  expect(top([[1, null, 3], [2, 2, 2]], null)).toBe(3);
  expect(top([[null], [0]], null)).toBe(1);
});

test("the range before makes a chart at most twice as high", () => {
  expect(top([[1, null, 3]], [4, null])).toBe(4);
  expect(top([[1, null, 3]], [400, null])).toBe(6);
  expect(top([[null]], [400])).toBe(400);
});

test("lines are stacked, without a value being nothing", () => {
  const [a, b] = stacked([[1, null], [2, 3]]);
  expect([a, b]).toEqual([[1, 0], [3, 3]]);
  expect(area(b ?? [], a, 4, 20, 40)).toBe("M5 10L15 10L15 40L5 30Z");
  expect(area([], undefined, 1, 20, 40)).toBe("");
});

const starts = [0, 10, 20];
test("a drag covers whole steps within the range, in either direction", () => {
  expect(span(starts, 0, 1, 3, 25)).toEqual({ fromMs: 3, toMs: 20 });
  expect(span(starts, 2, 1, 3, 25)).toEqual({ fromMs: 10, toMs: 25 });
  expect(span([], 0, 0, 0, 1)).toBeNull();
  expect([-1, 0.4, 2].map((s) => stepAt(3, s))).toEqual([0, 1, 2]);
});

test("labels and annotations have their shares of the width", () => {
  expect(labelled(10, 4, () => false)).toEqual([0, 3, 6, 9]);
  expect(labelled(2, 8, () => false)).toEqual([0, 1]);
  expect(labelled(20, 2, (i) => i % 5 === 3)).toEqual([3, 13]);
  expect(labelled(4, 2, (i) => i === 1)).toEqual([0, 2]);
  expect(shareOf(starts, 15, 30)).toBeCloseTo(0.5);
  expect(shareOf(starts, 29, 30)).toBeCloseTo(0.9667, 3);
  expect([shareOf(starts, -1, 30), shareOf(starts, 30, 30), shareOf([], 1, 2)]).toEqual([null, null, null]);
});
