import { expect, test } from "vitest";
import type { Figures } from "../../lib/domain";
import { change, figures, rowsOf } from "./figures";

test("a change is a share of before, and good or bad where that can be said", () => {
  expect(change(15, 10)).toEqual({ text: "+50 %", good: null });
  expect(change(5, 10, "less")).toEqual({ text: "−50 %", good: true });
  expect(change(12.34, 10, "less")).toEqual({ text: "+23 %", good: false });
  expect(change(1000, 1)).toEqual({ text: "+99.9k %", good: null });
  expect(change(10, 10, "more")).toEqual({ text: "±0 %", good: null });
  for (const [now, before] of [[null, 1], [1, null], [1, 0]] as const) expect(change(now, before)).toBeNull();
});

test("the kinds of tokens add up to the tokens of prompts and answers", () => {
  const { lines } = figures.find((f) => f.id === "tokens")!;
  const kinds = (f: Partial<Figures>) => {
    const none = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0, cacheWrite1hTokens: 0, cacheReadAudioTokens: 0, audioInputTokens: 0, audioOutputTokens: 0, imageInputTokens: 0, imageOutputTokens: 0 };
    return Object.fromEntries(lines.map((l) => [l.name, l.value({ ...none, ...f } as Figures)]).filter(([, n]) => n !== 0));
  };
  expect(kinds({ inputTokens: 100, outputTokens: 50, cacheReadTokens: 30, reasoningTokens: 20 })).toEqual({ in: 70, cached: 30, out: 30, reasoning: 20 });
  const all = { inputTokens: 1000, cacheReadTokens: 200, cacheReadAudioTokens: 50, cacheWriteTokens: 100, cacheWrite1hTokens: 40, audioInputTokens: 150, imageInputTokens: 60, outputTokens: 500, reasoningTokens: 100, audioOutputTokens: 70, imageOutputTokens: 30 };
  expect(kinds(all)).toEqual({ in: 540, "audio in": 100, "images in": 60, cached: 200, "cache write": 60, "cache write 1 h": 40, out: 300, "audio out": 70, "images out": 30, reasoning: 100 });
  expect(Object.values(kinds(all)).reduce((sum: number, n) => sum + Number(n), 0)).toBe(1500);
});

test("each figure leads to its rows, in the same period and by the same question", () => {
  const cost = figures.find((f) => f.id === "cost")!;
  expect(rowsOf(cost.rows, "model:a OR model:b", { since: "7d" })).toEqual(["/generations", { q: "model:a OR model:b", since: "7d", sort: "-cost" }]);
  const linked = figures.find((f) => f.id === "linked_rate")!;
  expect(rowsOf(linked.rows, "a OR b", {})).toEqual(["/generations", { q: "(a OR b) link:linked" }]);
  expect(rowsOf(linked.rows, "", {})).toEqual(["/generations", { q: "link:linked" }]);
});

test("the error rate leads to the failures that it counts, not to those of spans", () => {
  const { rows } = figures.find((f) => f.id === "error_rate")!;
  expect(rowsOf(rows, "", { since: "7d" })).toEqual(["/errors", { q: "kind:generation,embedding", since: "7d" }]);
  expect(rowsOf(rows, "model:a OR model:b", {})).toEqual(["/errors", { q: "(model:a OR model:b) kind:generation,embedding" }]);
  // The overview counts what its query names.
  expect(rowsOf(rows, "kind:span", {})).toEqual(["/errors", { q: "kind:span" }]);
  expect(rowsOf(rows, "kind:span OR model:a", {})).toEqual(["/errors", { q: "(kind:span OR model:a) kind:generation,embedding,span" }]);
});
