// What a call cost, and how the cost was computed, in words.

import type { Call, CostPart } from "../../lib/domain";
import { count, dollars } from "../../lib/format";

const units: Record<string, string> = {
  input: "input",
  output: "output",
  cache_read: "cache read",
  cache_write: "cache write",
  cache_write_1h: "cache write (1 h)",
  cache_read_audio: "cached audio",
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
  const from = { client: "sent with the call", settings: "settings of this server" }[p.source] ?? p.source;
  const more = [p.model, p.since && `since ${p.since}`, p.for].filter(Boolean).join(", ");
  return `${from}${p.date ? ` (${p.date})` : ""}${more ? `: ${more}` : ""}`;
}

/** Where the prices are from, a line for each list. */
function sources(parts: readonly CostPart[]): string[] {
  const [first, ...others] = new Set(parts.map(source));
  const unitsOf = (from: string) => parts.filter((p) => source(p) === from).map((p) => units[p.unit] ?? p.unit).join(", ");
  return [`Price: ${first}`, ...others.map((from) => `Price of ${unitsOf(from)}: ${from}`)];
}

/** Why the cost of a call is not known. */
function unpriced(call: Pick<Call, "kind" | "tokens" | "model">): string {
  const { input, output } = call.tokens;
  if (input === null || (output === null && call.kind !== "embedding")) return "The usage of this call was not reported, so its cost is not known.";
  if (input === 0) return "0 tokens were reported for the prompt, so its usage was not counted, and its cost is not known.";
  return `There is no price for ${call.model ?? "a call without a model"}, or for a part of what it used. You can set prices in the settings of the server.`;
}

/** The formula, the price's source and its date, a line each. */
export function explain(call: Pick<Call, "kind" | "tokens" | "costState" | "costUsd" | "costDetail" | "model">): string {
  if (call.costState === "unpriced") return unpriced(call);
  if (call.costState === "uncharged") return "The provider refused this call before it did anything, and charges nothing for it.";
  const total = call.costUsd === null ? "" : dollars(call.costUsd);
  if (call.costDetail.length === 0) return `The client sent this cost: ${total}.`;
  const lines = call.costDetail.map(line);
  if (lines.length > 1) lines.push(`Total ${total}`);
  return [...lines, ...sources(call.costDetail)].join("\n");
}
