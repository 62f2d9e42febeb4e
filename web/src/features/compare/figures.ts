// The figures of two calls beside each other.
import type { Call, Content } from "../../lib/domain";
import { count, dollars, duration, percent } from "../../lib/format";
import { explain } from "../messages/cost";

export interface FigureRow {
  name: string;
  a: string;
  b: string;
  /** By how much the second value differs: "+12 %". */
  change: string;
  same: boolean;
  /** What the values mean, for hovers. */
  titles?: [string, string];
}

type One = { call: Call; content: Content };

/** Rows in groups. A row for which neither call has a value is left out. */
export function figures(a: One, b: One): FigureRow[] {
  const rows: FigureRow[] = [];
  const text = (name: string, of: (x: One) => string | null, titles?: [string, string]) => {
    const [x, y] = [of(a), of(b)];
    if (x !== null || y !== null) rows.push({ name, a: x ?? "–", b: y ?? "–", change: "", same: x === y, ...(titles && { titles }) });
  };
  const number = (name: string, of: (c: Call) => number | null, write: (n: number) => string, titles?: [string, string]) => {
    const [x, y] = [of(a.call), of(b.call)];
    if (x !== null || y !== null) rows.push({ name, a: x === null ? "–" : write(x), b: y === null ? "–" : write(y), change: x === null || y === null ? "" : changed(x, y), same: x === y, ...(titles && { titles }) });
  };
  text("State", ({ call }) => (call.isError ? "failed" : call.stopped ? "stopped" : "complete"));
  text("Model", ({ call }) => call.model);
  text("Provider", ({ call }) => call.provider);
  text("Service tier", ({ call }) => call.serviceTier);
  text("Stop reason", ({ call }) => call.stopReason);
  number("Latency", (c) => c.latencyS, duration);
  number("First token", (c) => c.firstTokenS, duration);
  number("Tokens/s", (c) => c.tokensPerS, (n) => n.toFixed(n < 10 ? 1 : 0));
  number("Input tokens", (c) => c.tokens.input, count);
  number("of these cached", (c) => c.tokens.cacheRead, count);
  number("Output tokens", (c) => c.tokens.output, count);
  number("of these reasoning", (c) => c.tokens.reasoning, count);
  const priced = (c: Call) => (c.costState === null ? "" : explain(c));
  number("Cost", (c) => c.costUsd, dollars, [priced(a.call), priced(b.call)]);
  for (const name of parameters(a.content, b.content)) text(name, ({ content }) => parameter(content, name));
  text("Tools to use", ({ content }) => names(content.toolDefinitions.map((t) => t.name)));
  text("Tools called", ({ content }) => names(content.output.flatMap((m) => m.parts.flatMap((p) => (p.type === "tool_call" ? [p.name] : [])))));
  text("Sent by", ({ call }) => call.library);
  return rows;
}

/** "+12 %", "" for equal ones, "new" where there was nothing. */
export function changed(from: number, to: number): string {
  if (from === to) return "";
  if (from === 0) return "new";
  const share = (to - from) / Math.abs(from);
  return `${share > 0 ? "+" : "−"}${percent(Math.abs(share))}`;
}

const parameters = (a: Content, b: Content): string[] => [...new Set([...Object.keys(a.parameters ?? {}), ...Object.keys(b.parameters ?? {})])].sort();

function parameter(content: Content, name: string): string | null {
  const value = content.parameters?.[name];
  if (value === undefined || value === null) return null;
  return (typeof value === "object" ? JSON.stringify(value) : String(value as string | number | boolean)).slice(0, 200);
}

function names(all: readonly string[]): string | null {
  return all.length === 0 ? null : [...new Set(all)].join(", ").slice(0, 400);
}
