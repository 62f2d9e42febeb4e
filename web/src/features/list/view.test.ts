import { expect, test } from "vitest";
import type { SavedView } from "../../lib/domain";
import { differs, parameters, stateOf } from "./view";

const view: SavedView = { id: "v", name: "Slow", list: "traces", q: "latency:>2s", sort: "-latency", columns: ["trace", "cost"] };

test("a view opened shows what was saved", () => {
  const address = parameters(view);
  expect(address).toEqual({ q: "latency:>2s", since: null, from: null, to: null, sort: "-latency", columns: "trace,cost", view: "v" });
  const query = Object.fromEntries(Object.entries(address).filter((e): e is [string, string] => e[1] !== null));
  expect(differs(view, stateOf(query, ["trace", "cost"]))).toBe(false);
});

test("what is changed differs: words, period, order, columns", () => {
  const query = { q: "latency:>2s", sort: "-latency" };
  expect(differs(view, stateOf(query, ["cost", "trace"]))).toBe(false); // in whatever order
  expect(differs(view, stateOf({ ...query, q: "x" }, ["trace", "cost"]))).toBe(true);
  expect(differs(view, stateOf({ ...query, since: "24h" }, ["trace", "cost"]))).toBe(true);
  expect(differs(view, stateOf({ q: "latency:>2s" }, ["trace", "cost"]))).toBe(true);
  expect(differs(view, stateOf(query, ["trace"]))).toBe(true);
  const without = { ...view };
  delete without.columns;
  expect(differs(without, stateOf(query, ["trace"]))).toBe(false);
});
