// The figures of the overview: what each is called, how it is written, and which rows are behind it.
import type { Figures } from "../../lib/domain";
import { compact, dollars, duration, percent } from "../../lib/format";
import { both, chosen, read } from "../../lib/query/terms";
import type { Query } from "../../lib/route";

/** A line of a chart, with a figure of its own. */
export interface Line {
  /** "" where the chart has one line. */
  name: string;
  value: (f: Figures) => number | null;
  /** A colour of the theme. */
  colour: string;
}

export interface Figure {
  id: string;
  name: string;
  /** Its exact definition. */
  title: string;
  write: (n: number) => string;
  lines: readonly Line[];
  /** Lines lie on top of each other, because they are parts of a whole. */
  stacked?: boolean;
  /** Whether more or less is better; absent where neither is. */
  better?: "more" | "less";
  /** The list of the rows behind it, with what narrows or sorts them. Lists with more kinds of events show only those that the overview counts. */
  rows: { path: string; q?: string; sort?: string; counted?: true };
}

/** The failures that the error rate counts. The list of errors has those of spans too. */
export const failures: Figure["rows"] = { path: "/errors", counted: true };

const line = (value: Line["value"], name = "", colour = "var(--c-accent)"): Line => ({ name, value, colour });
/** p50, p95, p99. */
const percentiles = (p50: Line["value"], p95: Line["value"], p99: Line["value"]): Line[] => [line(p95, "p95"), line(p50, "p50", "var(--c-good)"), line(p99, "p99", "var(--c-warn)")];
/** Audio of prompts that the cache did not have. */
const audioIn = (f: Figures) => Math.max(0, f.audioInputTokens - f.cacheReadAudioTokens);
/** A colour of the theme, mixed with that of cards. */
const shade = (colour: string, share: number) => `color-mix(in srgb, var(--c-${colour}) ${share}%, var(--c-card))`;
export const perSecond = (n: number) => `${n.toFixed(n < 9.95 ? 1 : 0)}/s`;

export const figures: readonly Figure[] = [
  { id: "traces", name: "Traces", title: "Traces with a generation or embedding in the range", write: compact, lines: [line((f) => f.traces)], rows: { path: "/traces" } },
  { id: "generations", name: "Generations", title: "Generations and embeddings", write: compact, lines: [line((f) => f.generations)], rows: { path: "/generations" } },
  { id: "people", name: "People", title: "People with a generation in the range", write: compact, lines: [line((f) => f.people)], rows: { path: "/people" } },
  { id: "cost", name: "Cost", title: "Of the generations that have a price", write: dollars, lines: [line((f) => (f.generations === 0 ? 0 : f.costUsd))], better: "less", rows: { path: "/generations", sort: "-cost" } },
  { id: "cost_per_person", name: "Cost per person", title: "Cost through the number of people", write: dollars, lines: [line((f) => f.costPerPersonUsd)], better: "less", rows: { path: "/people", sort: "-cost_usd" } },
  { id: "error_rate", name: "Error rate", title: "Share of generations that failed", write: percent, lines: [line((f) => f.errorRate, "", "var(--c-bad-fill)")], better: "less", rows: failures },
  {
    id: "latency",
    name: "Latency",
    title: "From the start to the end of a generation; 95 % took less than the first figure",
    write: duration,
    lines: percentiles((f) => f.latencyP50S, (f) => f.latencyP95S, (f) => f.latencyP99S),
    better: "less",
    rows: { path: "/generations", sort: "-latency" },
  },
  {
    id: "ttft",
    name: "First token",
    title: "From the start of a generation to its first token; 95 % took less than the first figure",
    write: duration,
    lines: percentiles((f) => f.ttftP50S, (f) => f.ttftP95S, (f) => f.ttftP99S),
    better: "less",
    rows: { path: "/generations", q: "ttft:*", sort: "-ttft" },
  },
  { id: "tokens_per_s", name: "Tokens a second", title: "Tokens of the answer a second of the whole call: half of the generations had more", write: perSecond, lines: [line((f) => f.tokensPerSP50)], better: "more", rows: { path: "/generations", q: "tokens_per_s:*", sort: "tokens_per_s" } },
  {
    id: "tokens",
    name: "Tokens",
    title: "Of prompts and of answers, by kind. Each token counts once: in and out are what is left without the other kinds",
    write: compact,
    lines: [
      line((f) => Math.max(0, f.inputTokens - f.cacheReadTokens - f.cacheWriteTokens - audioIn(f) - f.imageInputTokens), "in"),
      line(audioIn, "audio in", shade("accent", 60)),
      line((f) => f.imageInputTokens, "images in", shade("accent", 35)),
      line((f) => f.cacheReadTokens, "cached", "var(--c-strong)"),
      line((f) => Math.max(0, f.cacheWriteTokens - f.cacheWrite1hTokens), "cache write", "var(--c-faint)"),
      line((f) => f.cacheWrite1hTokens, "cache write 1 h", "var(--c-soft)"),
      line((f) => Math.max(0, f.outputTokens - f.reasoningTokens - f.audioOutputTokens - f.imageOutputTokens), "out", "var(--c-ai)"),
      line((f) => f.audioOutputTokens, "audio out", shade("ai", 60)),
      line((f) => f.imageOutputTokens, "images out", shade("ai", 35)),
      line((f) => f.reasoningTokens, "reasoning", "var(--c-warn)"),
    ],
    stacked: true,
    rows: { path: "/generations", sort: "-total_tokens" },
  },
  { id: "cache_hit_rate", name: "Cache hit rate", title: "Share of input tokens that were read from the provider's cache, where generations report it", write: percent, lines: [line((f) => f.cacheHitRate)], better: "more", rows: { path: "/generations", q: "cache_read_tokens:>0" } },
  { id: "linked_rate", name: "Linked", title: "Share of generations with a recording of the person who waited", write: percent, lines: [line((f) => f.linkedRate)], better: "more", rows: { path: "/generations", q: "link:linked" } },
];

/** A term for the kinds of events that the overview counts: generations, embeddings and what its query names. "" if the query itself leaves only some kinds. */
function countedKinds(q: string): string {
  if (chosen(q, "kind").length > 0) return "";
  const named = read(q).terms.flatMap((t) => (t.field === "kind" ? t.values.map((v) => v.text) : []));
  return `kind:${["generation", "embedding", ...["span", "trace"].filter((kind) => named.includes(kind))].join(",")}`;
}

/** The address of the rows behind a figure: those of the overview's own query in its period. */
export function rowsOf(rows: Figure["rows"], q: string, period: Query): [path: string, query: Query] {
  const all = both(q, rows.counted ? countedKinds(q) : (rows.q ?? ""));
  return [rows.path, { ...(all && { q: all }), ...period, ...(rows.sort && { sort: rows.sort }) }];
}

/** How a figure changed from the previous range: the change as a share, and whether it is good. Null where that cannot be said. */
export function change(now: number | null, before: number | null, better?: Figure["better"]): { text: string; good: boolean | null } | null {
  if (now === null || before === null || before === 0) return null;
  const share = now / before - 1;
  if (Math.abs(share) < 0.0005) return { text: "±0 %", good: null };
  const size = Math.abs(share);
  const text = `${share > 0 ? "+" : "−"}${size >= 9.995 ? `${compact(Math.round(size * 100))} %` : percent(size).replace("<", "")}`;
  return { text, good: better ? share > 0 === (better === "more") : null };
}
