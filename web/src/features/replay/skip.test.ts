import { describe, expect, it } from "vitest";
import { skipTarget } from "./skip";

describe("skipTarget", () => {
  const activity = [1000, 2000, 30_000];
  it("goes to just before the next activity", () => expect(skipTarget(4000, activity, [], 60_000)).toBe(29_000));
  it("plays on right after activity and before it", () => {
    expect(skipTarget(2500, activity, [], 60_000)).toBeNull();
    expect(skipTarget(26_000, activity, [], 60_000)).toBeNull();
  });
  it("goes to the end of what is known", () => expect(skipTarget(32_000, activity, [], 60_000)).toBe(59_000));
  it("never skips waiting for an answer", () => {
    const busy = [{ startMs: 10_000, endMs: 20_000 }];
    expect(skipTarget(15_000, activity, busy, 60_000)).toBeNull();
    expect(skipTarget(20_900, activity, busy, 60_000)).toBeNull();
    expect(skipTarget(21_500, activity, busy, 60_000)).toBe(29_000);
  });
  it("never skips the five seconds before a question, where its replay opens", () => {
    const busy = [{ startMs: 60_000, endMs: 65_000 }];
    expect(skipTarget(40_000, activity, busy, 90_000)).toBe(54_500);
    expect(skipTarget(55_000, activity, busy, 90_000)).toBeNull();
    expect(skipTarget(51_000, activity, busy, 90_000)).toBeNull(); // not worth it
  });
  it("does not skip what the person does in another tab", () => {
    const acting = [{ startMs: 15_000, endMs: 18_000 }];
    expect(skipTarget(4000, activity, [], 60_000, acting)).toBe(14_000);
    expect(skipTarget(16_000, activity, [], 60_000, acting)).toBeNull();
    expect(skipTarget(20_000, activity, [], 60_000, acting)).toBe(29_000);
  });
  it("works where nothing ever happened", () => expect(skipTarget(0, [], [], 60_000)).toBe(59_000));
});
