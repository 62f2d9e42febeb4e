import { describe, expect, it } from "vitest";
import { pieces } from "./pieces";

const joined = (text: string) => pieces(text).map((p) => p.text).join("");

describe("pieces", () => {
  it.each([
    ["letters", "x".repeat(200_000)],
    ["spaces", " ".repeat(95_000)],
    ["words", "some words of text ".repeat(10_000)],
    ["lines", "a line of a log\n".repeat(10_000)],
    ["empty lines", "\n".repeat(100_000)],
    ["lines of every length", Array.from({ length: 500 }, (_, i) => "y".repeat((i * 37) % 3000)).join("\n")],
    ["characters of two units", "😀".repeat(20_000)],
    ["one such at every place", Array.from({ length: 50 }, (_, i) => "a".repeat(1990 + i) + "😀".repeat(30)).join("")],
  ])("are the text, and none is long: %s", (_, text) => {
    const cut = pieces(text);
    expect(cut.map((p) => p.text).join("")).toBe(text);
    for (const { text: t, lines } of cut) {
      expect(t.length).toBeLessThanOrEqual(2000);
      expect(t.length).toBeGreaterThan(0);
      expect(lines).toBeLessThanOrEqual(25);
      expect(t).not.toMatch(/[\ud800-\udbff]$/); // half a character
    }
  });
  it("end at line ends, else after spaces", () => {
    for (const p of pieces("a line of a log\n".repeat(1000))) expect(p.text.endsWith("\n")).toBe(true);
    for (const p of pieces("some words of text ".repeat(1000)).slice(0, -1)) expect(p.text.endsWith(" ")).toBe(true);
  });
  it("of short text are one", () => {
    expect(pieces("two\nlines")).toEqual([{ text: "two\nlines", lines: 1 }]);
    expect(pieces("")).toEqual([]);
  });
  it("end where a browser could not scroll to", () => expect(joined("\n".repeat(2_000_000)).length).toBeLessThan(400_000));
});
