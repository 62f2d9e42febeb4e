import { describe, expect, it } from "vitest";
import type { Node } from "../../lib/domain";
import { ancestors, attemptLabel, figuresOf, firstTokenS, nodeName, nodeNamed, pinned, ticks, treeRows, type Sought } from "./tree";

const node = (id: string, depth: number, startMs: number, endMs: number, rest: Partial<Node> = {}) =>
  ({ id, depth, startMs, endMs, kind: "generation", name: null, model: null, error: null, inputPreview: "", outputPreview: "", isError: false, stopped: false, ...rest }) as Node;

const nodes = [node("a", 0, 0, 100), node("b", 1, 10, 60), node("c", 2, 20, 30), node("d", 1, 60, 100)];

describe("treeRows", () => {
  it("lays out bars over the whole trace", () => {
    expect(treeRows(nodes, new Set()).map((r) => [r.node.id, r.bar?.left, r.bar?.width, r.hasChildren])).toEqual([
      ["a", 0, 1, true],
      ["b", 0.1, 0.5, true],
      ["c", 0.2, 0.1, false],
      ["d", 0.6, 0.4, false],
    ]);
  });
  it("leaves out what lies under a folded node", () => {
    expect(treeRows(nodes, new Set(["b"])).map((r) => r.node.id)).toEqual(["a", "b", "d"]);
    expect(treeRows(nodes, new Set(["a"])).map((r) => r.node.id)).toEqual(["a"]);
    expect(treeRows(nodes, new Set(["d"])).map((r) => r.collapsed)).toEqual([false, false, false, false]);
  });
  it("survives no time and no nodes", () => {
    expect(treeRows([node("a", 0, 5, 5)], new Set())).toMatchObject([{ bar: { left: 0, width: 0 } }]);
    expect(treeRows([], new Set())).toEqual([]);
  });
});

describe("the node that an address names", () => {
  const spans = [node("a", 0, 0, 9, { spanId: "b" }), node("b", 1, 0, 9, { spanId: "s" }), node("c", 1, 0, 9, { spanId: "s" })];
  it("is that with the event's id, else the first one with the span's", () => {
    expect(["a", "b", "s", "x"].map((name) => nodeNamed(spans, name)?.id)).toEqual(["a", "b", "b", undefined]);
  });
});

describe("spans that are looked for", () => {
  const agent = [
    node("root", 0, 0, 100, { kind: "trace", name: "agent" }),
    node("plan", 1, 0, 20, { model: "gpt-5" }),
    node("tools", 1, 20, 80, { kind: "span", name: "tools" }),
    node("search", 2, 20, 60, { kind: "span", name: "Web Search", error: "HTTP 500 from the index", isError: true }),
    node("read", 2, 60, 80, { kind: "span", name: "read", outputPreview: "The ferry leaves at noon." }),
    node("answer", 1, 80, 100, { model: "gpt-5", stopped: true }),
  ];
  const look = (sought: Partial<Sought>) => treeRows(agent, new Set(["tools"]), { text: "", errors: false, stopped: false, kind: "", ...sought }).map((r) => r.node.id + (r.matches ? "" : "?"));
  it("are shown with what is above them, folded or not", () => {
    expect(look({ text: "web s" })).toEqual(["root?", "tools?", "search"]);
    expect(look({ errors: true })).toEqual(["root?", "tools?", "search"]);
    expect(look({ kind: "generation" })).toEqual(["root?", "plan", "answer"]);
    expect(look({ kind: "span" })).toEqual(["root?", "tools", "search", "read"]);
    expect(look({ kind: "generation", errors: true })).toEqual([]);
    expect(look({ stopped: true })).toEqual(["root?", "answer"]);
    expect(look({ stopped: true, errors: true })).toEqual(["root?", "tools?", "search", "answer"]);
  });
  it("are found by name, model, error, question and answer, regardless of case", () => {
    expect(look({ text: "GPT" })).toEqual(["root?", "plan", "answer"]);
    expect(look({ text: "500 from" })).toEqual(["root?", "tools?", "search"]);
    expect(look({ text: "FERRY" })).toEqual(["root?", "tools?", "read"]);
  });
  it("have a bar within the time that is shown", () => {
    const bars = treeRows(agent, new Set(), null, { startMs: 20, endMs: 60 }).map((r) => [r.node.id, r.bar && [r.bar.left, r.bar.width]]);
    expect(bars).toEqual([
      ["root", [0, 1]],
      ["plan", [0, 0]], // it ends where the time begins
      ["tools", [0, 1]],
      ["search", [0, 1]],
      ["read", [1, 0]],
      ["answer", null],
    ]);
  });
});

describe("ancestors", () => {
  const deep = treeRows([node("a", 0, 0, 9), node("b", 1, 0, 9), node("c", 2, 0, 9), node("d", 3, 0, 9), node("e", 1, 0, 9), node("f", 2, 0, 9), node("g", 0, 0, 9)], new Set());
  it("are the nearest, outermost first", () => {
    expect(ancestors(deep, 3, 9)).toEqual([0, 1, 2]);
    expect(ancestors(deep, 3, 2)).toEqual([1, 2]);
    expect(ancestors(deep, 5, 9)).toEqual([0, 4]);
    expect(ancestors(deep, 6, 9)).toEqual([]);
    expect(ancestors(deep, 99, 9)).toEqual([]);
  });
  it("stand above the first row in view once they have left it", () => {
    expect(pinned(deep, 0, 10)).toEqual([]);
    expect(pinned(deep, 5, 10)).toEqual([]); // half of a is visible
    expect(pinned(deep, 10, 10)).toEqual([0, 1, 2]); // a covers b, whose child is next, and so on
    expect(pinned(deep, 10, 10, 1)).toEqual([1]);
    expect(pinned(deep, 50, 10)).toEqual([0, 4]);
    expect(pinned(deep, 60, 10)).toEqual([]);
    expect(pinned([], 0, 10)).toEqual([]);
  });
});

describe("ticks", () => {
  it("are round times since the start, as many as fit", () => {
    expect(ticks({ startMs: 1000, endMs: 4500 }, 1000, 4)).toEqual([
      { at: 0, label: "0" },
      { at: 1000 / 3500, label: "1.00 s" },
      { at: 2000 / 3500, label: "2.00 s" },
      { at: 3000 / 3500, label: "3.00 s" },
    ]);
    expect(ticks({ startMs: 1130, endMs: 1190 }, 1000, 3).map((t) => t.label)).toEqual(["140 ms", "160 ms", "180 ms"]);
    expect(ticks({ startMs: 5, endMs: 5 }, 5, 4)).toEqual([]);
    expect(ticks({ startMs: 0, endMs: 400 * 86_400_000 }, 0, 4).length).toBeLessThanOrEqual(5);
  });
});

describe("figures of a row", () => {
  const subtree = { costUsd: 0.012, unpriced: 0, inputTokens: 600, outputTokens: 300, summedS: 10 };
  it("are of a span and all below it", () => {
    const figures = figuresOf({ costUsd: null, costState: null, tokensPerS: null, latencyS: 4, subtree }, true);
    expect(figures).toMatchObject({ costUsd: 0.012, more: false, tokensPerS: 30 });
    expect(figures.explain).toBe("Wall clock: 4.00 s\nCalls added up: 10.0 s\nCost with all below it: $0.012\nTokens: 600 → 300\nTokens a second: 30");
  });
  it("tell a call's own cost from that of what it led to", () => {
    const figures = figuresOf({ costUsd: 0.001, costState: "priced", tokensPerS: 50, latencyS: 4, subtree: { ...subtree, unpriced: 1 } }, true);
    expect(figures).toMatchObject({ costUsd: 0.012, more: true, tokensPerS: 50 });
    expect(figures.explain).toContain("Own cost: $0.001\nCost with all below it: at least $0.012\nThe cost of 1 call is not known");
  });
  it("do not take an unknown count of tokens for 0", () => {
    const half = (tokens: object) => figuresOf({ costUsd: null, costState: null, tokensPerS: null, latencyS: null, subtree: { ...subtree, summedS: 0, ...tokens } }, false).explain;
    expect(half({ outputTokens: null })).toContain("Tokens: 600 → unknown");
    expect(half({ inputTokens: null })).toContain("Tokens: unknown → 300");
  });
  it("say nothing of what is not known", () => {
    expect(figuresOf({ costUsd: null, costState: null, tokensPerS: null, latencyS: null, subtree: { costUsd: null, unpriced: 0, inputTokens: null, outputTokens: null, summedS: 0 } }, false)).toEqual({ costUsd: null, more: false, tokensPerS: null, explain: "" });
  });
});

it("says which attempt a node is", () => {
  expect([attemptLabel(null), attemptLabel({ n: 1, of: 3 }), attemptLabel({ n: 2, of: 3 })]).toEqual([null, "try 1 of 3", "retry 2 of 3"]);
});

it("finds the first token of a trace", () => {
  expect(firstTokenS(1000, [{ startMs: 1500, firstTokenS: null }, { startMs: 3000, firstTokenS: 0.25 }, { startMs: 2000, firstTokenS: 0.5 }])).toBe(1.5);
  expect(firstTokenS(1000, [{ startMs: 1500, firstTokenS: null }])).toBeNull();
});

it("names a node by what is known", () => {
  expect(nodeName({ kind: "span", name: "search", model: null })).toBe("search");
  expect(nodeName({ kind: "generation", name: null, model: "gpt" })).toBe("gpt");
  expect(nodeName({ kind: "embedding", name: null, model: null })).toBe("Embedding");
});
