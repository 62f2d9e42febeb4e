import { describe, expect, it } from "vitest";
import { ago, bytes, clock, compact, count, dollars, duration, percent, plural, shortId, shortUrl, sumOfTokens } from "./format";

describe("numbers", () => {
  it.each([
    [0, "0"],
    [999, "999"],
    [1000, "1.0k"],
    [99_949, "99.9k"],
    [128_400, "128k"],
    [999_499, "999k"],
    [999_500, "1.0M"],
    [2_500_000_000, "2.5B"],
  ])("compact %d", (n, want) => expect(compact(n)).toBe(want));

  it.each([
    [0, "$0"],
    [0.00002, "<$0.0001"],
    [0.0035, "$0.0035"],
    [0.003, "$0.003"],
    [0.0149, "$0.015"],
    [0.5, "$0.50"],
    [2.5, "$2.50"],
    [12.345, "$12.35"],
    [1234.5, "$1,234.5"],
  ])("dollars %d", (n, want) => expect(dollars(n)).toBe(want));

  it("groups thousands", () => expect(count(1234567)).toBe("1,234,567"));
  it("adds tokens up, and says which of two counts is unknown", () => {
    expect(sumOfTokens({ input: 1200, output: 34 })).toEqual({ text: "1.2k tok", title: "1,200 in, 34 out" });
    expect(sumOfTokens({ input: 12, output: null })).toEqual({ text: "≥12 tok", title: "12 in, unknown out" });
    expect(sumOfTokens({ input: null, output: 0 })).toEqual({ text: "≥0 tok", title: "unknown in, 0 out" });
    expect(sumOfTokens({ input: null, output: null })).toBeNull();
  });
  it("counts in words", () => expect([plural(1, "click"), plural(2, "click"), plural(0, "AI call")]).toEqual(["1 click", "2 clicks", "0 AI calls"]));
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.0 kB"],
    [48_211, "48.2 kB"],
    [999_600, "1.0 MB"],
    [123_000_000, "123 MB"],
  ])("bytes %d", (n, want) => expect(bytes(n)).toBe(want));
});

describe("durations", () => {
  it.each([
    [0, "0 ms"],
    [0.3204, "320 ms"],
    [0.9996, "1.00 s"],
    [1.5, "1.50 s"],
    [9.994, "9.99 s"],
    [9.996, "10.0 s"],
    [59.94, "59.9 s"],
    [59.96, "1 m 00 s"],
    [125, "2 m 05 s"],
    [3599.6, "1 h 00 m"],
    [3720, "1 h 02 m"],
    [172_800, "2 d 00 h"],
    [-1, "–"],
    [NaN, "–"],
  ])("%d s", (s, want) => expect(duration(s)).toBe(want));

  it.each([
    [0, "0:00"],
    [5400, "0:05"],
    [754_000, "12:34"],
    [3_723_000, "1:02:03"],
    [-400, "0:00"],
    [-61_000, "−1:01"],
  ])("clock %d ms", (ms, want) => expect(clock(ms)).toBe(want));
});

describe("relative times", () => {
  const now = Date.UTC(2026, 4, 4, 12);
  it.each([
    [0, "just now"],
    [-5, "just now"],
    [42, "42 s ago"],
    [90, "1 m ago"],
    [7200, "2 h ago"],
    [86_400, "1 day ago"],
    [86_400 * 12, "12 days ago"],
  ])("%d s before", (s, want) => expect(ago(now - s * 1000, now)).toBe(want));
  it("gives the date of what is long past or ahead", () => {
    expect(ago(now - 86_400_000 * 90, now)).toBe("3 Feb 2026");
    expect(ago(now + 86_400_000 * 3, now)).toContain("7 May 2026");
  });
});

describe("ids and addresses", () => {
  it("shortens in the middle", () => {
    expect(shortId("01a2074c-cbdb-7000-8000-00000000beef")).toBe("01a207…beef");
    expect(shortId("short")).toBe("short");
    expect(shortId("12345678901")).toBe("12345678901");
  });
  it("leaves the scheme out", () => expect(shortUrl("https://app.example.com/chat/")).toBe("app.example.com/chat"));
});

describe("shares", () => {
  it.each([
    [0, "0 %"],
    [0.0001, "<0.1 %"],
    [0.0123, "1.2 %"],
    [0.125, "13 %"],
    [0.9999, ">99.9 %"],
    [1, "100 %"],
  ])("%d: %s", (share, text) => expect(percent(share)).toBe(text));
});
