import { expect, test } from "vitest";
import { differing, priceList } from "./prices";

const listed = (prices: Record<string, number>) => ({ source: "genai-prices 0.2.3", date: "2026-11-26", model: "openai/gpt-5", since: null, for: "flex", prices, second: null });

test("a price list says all prices and where they are from", () => {
  expect(priceList(listed({ input: 1.25, web_search: 10 }))).toBe("input: $1.25 a million\nweb search: $10.00 a thousand\nPrice: genai-prices 0.2.3 (2026-11-26), openai/gpt-5, flex");
});

test("a price list says which prices are from the other list", () => {
  const second = { source: "litellm 1.110.2", date: "2026-11-25", model: "gpt-5", since: null, for: null, units: ["input_audio", "web_search"] };
  expect(priceList({ ...listed({ input: 1.25, input_audio: 40, web_search: 10 }), second })).toMatch(/\nPrice: genai-prices .*\nPrice of input audio, web search: litellm 1\.110\.2 \(2026-11-25\), gpt-5$/);
});

test("prices differ where one is more than 1 % higher, and both lists have it", () => {
  expect(differing(listed({ input: 1, output: 2, cache_read: 3 }), listed({ input: 1.009, output: 2.1 }))).toEqual(["output"]);
});
