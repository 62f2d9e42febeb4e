import { describe, expect, it } from "vitest";
import type { Outline, Session } from "../../lib/domain";
import { beginOf, marks, nextPart, partAt, placeOf, pointText, summary, timeAt, told } from "./outline";

const session = { startMs: 1000, endMs: 401_000 } as Session; // parts of 10,001 ms
const outline: Outline = { actions: [3, 0, 1], pages: [1], calls: [0, 0, 1200, 1], errors: [0, 0, 1] };

describe("a point", () => {
  it("is a time of the session", () => {
    expect(timeAt(session, 0)).toBe(1000);
    expect(timeAt(session, 0.5)).toBe(201_020);
    expect(timeAt(session, 1)).toBe(401_000);
    expect(timeAt(session, -1)).toBe(1000);
    expect(beginOf(session, 2)).toBe(21_002);
  });
  it("is in a part", () => expect([0, 0.051, 1, 2].map(partAt)).toEqual([0, 2, 39, 39]));
  it("says when and what", () => {
    expect(pointText(session, outline, 2)).toBe("0:20: 1,200 AI calls, 1 error, 1 action");
    expect(pointText(session, outline, 1)).toBe("0:10: nothing");
  });
  it("is the place of a time", () => {
    expect(placeOf(session, beginOf(session, 20))).toBeCloseTo(0.5);
    expect(placeOf(session, 500)).toBeNull();
    expect(placeOf(session, 999_000)).toBeNull();
  });
});

it("steps to parts in which something happened", () => {
  expect(nextPart(outline, -1, 1)).toBe(0);
  expect(nextPart(outline, 0, 1)).toBe(2);
  expect(nextPart(outline, 3, 1)).toBe(3);
  expect(nextPart(outline, 2, -1)).toBe(0);
  expect(nextPart({ actions: [], pages: [], calls: [], errors: [] }, -1, 1)).toBe(0);
});

it("is said in words", () => {
  expect(summary(outline)).toBe("1,201 AI calls, 1 error, 1 page change, 4 actions");
  expect(summary({ actions: [], pages: [], calls: [], errors: [] })).toBe("nothing known");
  expect(told(outline, 39)).toBe("");
});

it("draws marks", () => expect(marks([0, 2], 1, 3)).toBe("M1 1h.8v3h-.8z"));
