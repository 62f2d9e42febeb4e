import { describe, expect, it } from "vitest";
import { around, chosen, readClock, written } from "./clip";

const origin = 1_795_418_000_000;
const recorded = { startMs: origin + 2000, endMs: origin + 60_000 };

describe("the part of a clip", () => {
  it.each([
    [30_000, 20_000, 50_000],
    [5000, 2000, 25_000],
    [55_000, 45_000, 60_000],
  ])("at %i ms begins ten seconds earlier and ends twenty later, as far as was recorded", (now, from, to) =>
    expect(around(origin + now, recorded)).toEqual({ startMs: origin + from, endMs: origin + to }));
  it("is written in whole seconds around it", () => expect(written({ startMs: origin + 1900, endMs: origin + 61_001 }, origin)).toEqual({ from: "0:01", to: "1:02" }));
});

describe("a time that a reader writes", () => {
  it.each([
    ["0:05", 5000],
    [" 12:34 ", 754_000],
    ["1:02:03", 3_723_000],
    ["90", 90_000],
    ["0:01.5", 1500],
    ["", null],
    ["1:2:3:4", null],
    ["-5", null],
    ["soon", null],
  ])("%j is %s ms", (text, ms) => expect(readClock(text)).toBe(ms));
  it("is read as it was written", () => {
    const part = { startMs: origin + 3000, endMs: origin + 3_700_000 };
    const { from, to } = written(part, origin);
    expect(chosen(from, to, origin)).toEqual(part);
  });
  it.each([
    ["0:10", "0:10", "after it begins"],
    ["0:10", "0:05", "after it begins"],
    ["now", "0:05", "“now” is no time"],
    ["0:01", "", "“” is no time"],
  ])("from %j to %j: %s", (from, to, problem) => expect(chosen(from, to, origin)).toContain(problem));
});
