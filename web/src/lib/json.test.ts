import { describe, expect, it } from "vitest";
import { jsonPieces, jsonText } from "./json";

const text = (value: unknown) => [...jsonPieces(value)].map((p) => p.text).join("");

describe("jsonPieces", () => {
  it.each([
    ["nothing", null],
    ["a number", 1.5],
    ["text", 'with "quotes" and\nlines'],
    ["empty ones", { a: [], b: {}, c: [[], {}], d: "" }],
    ["an array", [1, [2, [3]], { four: [5] }]],
    ["an object", { a: 1, "b c": { d: [true, false, null] }, e: [{}, { f: [] }] }],
    ["many members", Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`k${i}`, { i, t: `v${i}` }]))],
    ["long text", { a: "x".repeat(50_000), b: 1 }],
  ])("are what JSON.stringify writes: %s", (_, value) => expect(text(value)).toBe(JSON.stringify(value, null, 2)));

  it("are short", () => {
    for (const piece of jsonPieces({ a: "x".repeat(50_000), b: Array.from({ length: 9000 }, (_, i) => i) })) {
      expect(piece.text.length).toBeLessThanOrEqual(3000);
      expect(piece.lines).toBeLessThanOrEqual(25);
    }
  });
  it("take any depth, and do not indent it for ever", () => {
    let deep: unknown = 1;
    for (let i = 0; i < 20_000; i++) deep = i % 2 ? [deep] : { in: deep };
    expect(text(deep).length).toBeLessThan(20_000 * 200);
  });
  it("are written as far as they are asked for", () => {
    let read = 0;
    const values = Array.from({ length: 100_000 }, () => "");
    const watched = new Proxy(values, { get: (target, key) => (typeof key === "string" && /^\d+$/.test(key) && read++, Reflect.get(target, key)) });
    const all = jsonPieces(watched);
    all.next();
    expect(read).toBeLessThan(200);
  });
});

it("jsonText is all of it", async () => expect(await jsonText({ a: [1, 2] })).toBe(JSON.stringify({ a: [1, 2] }, null, 2)));
