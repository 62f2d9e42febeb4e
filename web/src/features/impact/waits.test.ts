import { expect, test } from "vitest";
import type { Difference, Proportion, WaitRange } from "../../lib/domain";
import { differenceText, highest, intervalText, points, rangeName, rangeTerms, shareText } from "./waits";

const proportion = (count: number, of: number, low: number, high: number): Proportion => ({ count, of, share: of === 0 ? null : count / of, low, high });
const range = (answers: number, bad: Proportion, good: Proportion): WaitRange => ({ fromS: 1, toS: 2, answers, bad, good, reactions: {}, difference: null });

test("ranges have names, and terms that find their answers", () => {
  expect([rangeName({ fromS: 0, toS: 1 }), rangeName({ fromS: 1, toS: 2 }), rangeName({ fromS: 20, toS: null })]).toEqual(["under 1 s", "1 – 2 s", "20 s and more"]);
  const counted = "seen:seen,partly,not_shown,not_visible,stopped";
  expect([rangeTerms({ fromS: 0, toS: 1 }), rangeTerms({ fromS: 1, toS: 2 }), rangeTerms({ fromS: 20, toS: null })]).toEqual([
    `${counted} answer_wait:* answer_wait:<1s`,
    `${counted} answer_wait:>=1s answer_wait:<2s`,
    `${counted} answer_wait:>=20s`,
  ]);
});

test("shares and differences are written with their intervals", () => {
  expect(shareText(proportion(1, 4, 0.046, 0.699))).toBe("25 % (4.6 % to 70 %)");
  expect(intervalText(proportion(1, 4, 0.046, 0.699))).toBe("4.6 – 70");
  expect(shareText(proportion(0, 0, 0, 1))).toBe("no answers");
  const d: Difference = { state: "worse", estimate: 0.0834, low: 0.0211, high: 0.1457, slow: 100, quick: 200 };
  expect(differenceText(d)).toBe("+8.3 of 100 (+2.1 to +14.6)");
  expect(differenceText({ ...d, state: "not_enough" })).toBe("not enough answers to tell");
  expect([points(-0.005), points(0.0001)]).toEqual(["−0.5", "±0"]);
});

test("a chart reaches above the intervals of ranges with enough answers", () => {
  expect(highest([range(100, proportion(12, 100, 0.07, 0.198), proportion(5, 100, 0.02, 0.11))])).toBe(0.2);
  expect(highest([range(2, proportion(0, 2, 0, 0.66), proportion(1, 2, 0.09, 0.91))])).toBe(0.5);
  expect(highest([range(0, proportion(0, 0, 0, 1), proportion(0, 0, 0, 1))])).toBe(0.05);
});
