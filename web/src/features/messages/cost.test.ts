import { expect, test } from "vitest";
import type { CostPart } from "../../lib/domain";
import { explain } from "./cost";

const part = (unit: string, count: number, priceUsd: number, costUsd: number, more: Partial<CostPart> = {}): CostPart => ({
  unit, count, priceUsd, per: 1_000_000, costUsd, source: "genai-prices 0.2.3", date: "2026-11-26", model: "openai/gpt-4o", since: null, for: null, ...more,
});

test("a cost is explained by its formula, the price's source and its date", () => {
  const call = { model: "gpt-4o", costState: "priced" as const, costUsd: 0.003, costDetail: [part("input", 600, 2.5, 0.0015), part("output", 150, 10, 0.0015, { for: "flex" })] };
  expect(explain(call)).toBe("600 input × $2.50/M = $0.0015\n150 output × $10.00/M = $0.0015\nTotal $0.003\nPrice: genai-prices 0.2.3 (2026-11-26): openai/gpt-4o");
});

test("what has no price, and what the client said", () => {
  expect(explain({ model: "acme", costState: "unpriced", costUsd: null, costDetail: [] })).toMatch(/There is no price for acme/);
  expect(explain({ model: "acme", costState: "given", costUsd: 0.5, costDetail: [] })).toBe("The client sent this cost: $0.50.");
});
