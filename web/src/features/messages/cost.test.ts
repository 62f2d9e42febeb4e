import { expect, test } from "vitest";
import type { CostPart } from "../../lib/domain";
import { explain } from "./cost";

const part = (unit: string, count: number, priceUsd: number, costUsd: number, more: Partial<CostPart> = {}): CostPart => ({
  unit, count, priceUsd, per: 1_000_000, costUsd, source: "genai-prices 0.2.3", date: "2026-11-26", model: "openai/gpt-4o", since: null, for: null, ...more,
});

const of = (input: number | null, output: number | null) => ({
  kind: "generation" as const,
  model: "gpt-4o",
  tokens: { input, output, total: null, cacheRead: null, cacheWrite: null, reasoning: null, cacheWrite1h: null, audioInput: null, audioOutput: null, imageInput: null, imageOutput: null },
});

test("a cost is explained by its formula, the price's source and its date", () => {
  const call = { ...of(600, 150), costState: "priced" as const, costUsd: 0.003, costDetail: [part("input", 600, 2.5, 0.0015), part("output", 150, 10, 0.0015)] };
  expect(explain(call)).toBe("600 input × $2.50/M = $0.0015\n150 output × $10.00/M = $0.0015\nTotal $0.003\nPrice: genai-prices 0.2.3 (2026-11-26): openai/gpt-4o");
});

test("a price from the other list names its units", () => {
  const audio = part("input_audio", 800, 40, 0.032, { source: "litellm 1.110.2", date: "2026-11-25", model: "gpt-4o-audio" });
  const call = { ...of(1000, 150), costState: "priced" as const, costUsd: 0.0335, costDetail: [part("input", 600, 2.5, 0.0015), audio] };
  expect(explain(call)).toMatch(/\nPrice: genai-prices .*\nPrice of audio input: litellm 1\.110\.2 \(2026-11-25\): gpt-4o-audio$/);
});

test("what has no price, what was not reported, and what the client said", () => {
  expect(explain({ ...of(10, 5), costState: "unpriced", costUsd: null, costDetail: [] })).toMatch(/There is no price for gpt-4o, or for a part/);
  expect(explain({ ...of(null, null), costState: "unpriced", costUsd: null, costDetail: [] })).toMatch(/usage of this call was not reported/);
  expect(explain({ ...of(10, null), kind: "embedding", costState: "unpriced", costUsd: null, costDetail: [] })).toMatch(/no price/);
  expect(explain({ ...of(0, 0), costState: "unpriced", costUsd: null, costDetail: [] })).toMatch(/0 tokens were reported/);
  expect(explain({ ...of(0, 0), costState: "uncharged", costUsd: null, costDetail: [] })).toMatch(/charges nothing/);
  expect(explain({ ...of(10, 5), costState: "given", costUsd: 0.5, costDetail: [] })).toBe("The client sent this cost: $0.50.");
});
