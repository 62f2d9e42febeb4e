// What a call cost, and how that comes about, in words.

import type { Call, CostPart } from "../../lib/domain";
import { count, dollars } from "../../lib/format";

const units: Record<string, string> = {
  input: "input",
  output: "output",
  cache_read: "from the cache",
  cache_write: "into the cache",
  cache_write_1h: "into the cache for an hour",
  cache_read_audio: "audio from the cache",
  input_audio: "audio input",
  output_audio: "audio output",
  input_image: "image input",
  output_image: "image output",
  reasoning: "reasoning",
  web_search: "web searches",
  request: "request",
};

const per = (n: number): string => (n === 1_000_000 ? "M" : n === 1000 ? "k" : count(n));

/** "600 input × $2.50/M = $0.0015" */
const line = (p: CostPart): string => `${count(p.count)} ${units[p.unit] ?? p.unit} × ${dollars(p.priceUsd)}/${per(p.per)} = ${dollars(p.costUsd)}`;

/** Where a price is from: "genai-prices 0.2.3 (2026-11-26): openai/gpt-4o, since 2025-01-01, flex". */
function source(p: CostPart): string {
  const from = { client: "prices that came with the call", settings: "a price in this server's settings" }[p.source] ?? p.source;
  const more = [p.model, p.since && `since ${p.since}`, p.for].filter(Boolean).join(", ");
  return `Price: ${from}${p.date ? ` (${p.date})` : ""}${more ? `: ${more}` : ""}`;
}

/** The formula, the price's source and its date, a line each. */
export function explain(call: Pick<Call, "costState" | "costUsd" | "costDetail" | "model">): string {
  if (call.costState === "unpriced") return `No price is known for ${call.model ?? "a call without a model"}, or what it used was not reported. Prices can be set in the settings: prices.`;
  const total = call.costUsd === null ? "" : dollars(call.costUsd);
  const [first] = call.costDetail;
  if (!first) return `The client said that this cost ${total}.`;
  const lines = call.costDetail.map(line);
  if (lines.length > 1) lines.push(`Together ${total}`);
  return [...lines, source(first)].join("\n");
}
