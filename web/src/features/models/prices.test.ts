import { expect, test } from "vitest";
import { differing, priceList } from "./prices";

const listed = (prices: Record<string, number>) => ({ source: "genai-prices 0.2.3", date: "2026-11-26", model: "openai/gpt-5", since: null, for: "flex", prices });

test("a price list says all prices and where they are from", () => {
  expect(priceList(listed({ input: 1.25, web_search: 10 }))).toBe("input: $1.25 a million\nweb search: $10.00 a thousand\nPrice: genai-prices 0.2.3 (2026-11-26), openai/gpt-5, flex");
});

test("prices differ where one is more than 1 % higher, and both lists have it", () => {
  expect(differing(listed({ input: 1, output: 2, cache_read: 3 }), listed({ input: 1.009, output: 2.1 }))).toEqual(["output"]);
});
