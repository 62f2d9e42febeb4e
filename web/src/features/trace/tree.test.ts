import { describe, expect, it } from "vitest";
import type { Node } from "../../lib/domain";
import { firstNode, nodeName, treeRows } from "./tree";

const node = (id: string, depth: number, startMs: number, endMs: number, rest: Partial<Node> = {}) =>
  ({ id, depth, startMs, endMs, kind: "generation", name: null, model: null, isError: false, ...rest }) as Node;

const nodes = [node("a", 0, 0, 100), node("b", 1, 10, 60), node("c", 2, 20, 30), node("d", 1, 60, 100)];

describe("treeRows", () => {
  it("lays out bars over the whole trace", () => {
    expect(treeRows(nodes, new Set()).map((r) => [r.node.id, r.left, r.width, r.hasChildren])).toEqual([
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
    expect(treeRows([node("a", 0, 5, 5)], new Set())).toMatchObject([{ left: 0, width: 0 }]);
    expect(treeRows([], new Set())).toEqual([]);
  });
});

describe("firstNode", () => {
  it("is what failed, else the first call, else anything", () => {
    const span = node("s", 0, 0, 1, { kind: "span" });
    expect(firstNode([span, node("g", 1, 0, 1), node("x", 1, 0, 1, { isError: true })])?.id).toBe("x");
    expect(firstNode([span, node("g", 1, 0, 1)])?.id).toBe("g");
    expect(firstNode([span])?.id).toBe("s");
    expect(firstNode([])).toBeUndefined();
  });
});

it("names a node by what is known", () => {
  expect(nodeName({ kind: "span", name: "search", model: null })).toBe("search");
  expect(nodeName({ kind: "generation", name: null, model: "gpt" })).toBe("gpt");
  expect(nodeName({ kind: "embedding", name: null, model: null })).toBe("Embedding");
});
