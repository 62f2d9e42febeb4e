// How ranges of waits, shares and differences are written and laid out.
import type { Difference, Proportion, WaitRange } from "../../lib/domain";
import { percent } from "../../lib/format";

/** "1 – 2 s", "20 s and more". */
export function rangeName({ fromS, toS }: Pick<WaitRange, "fromS" | "toS">): string {
  if (toS === null) return `${fromS} s and more`;
  return fromS === 0 ? `under ${toS} s` : `${fromS} – ${toS} s`;
}

/**
 * The terms that find exactly the answers of a range: those that somebody asked for in a recording, one for each question.
 */
export function rangeTerms({ fromS, toS }: Pick<WaitRange, "fromS" | "toS">): string {
  const wait = [fromS > 0 ? `answer_wait:>=${fromS}s` : "answer_wait:*", toS === null ? "" : `answer_wait:<${toS}s`].filter(Boolean).join(" ");
  return `seen:seen,partly,not_shown,not_visible,stopped ${wait}`;
}

/** A share and its interval, for explanations. */
export function shareText(p: Proportion): string {
  return p.share === null ? "no answers" : `${percent(p.share)} (${percent(p.low)} to ${percent(p.high)})`;
}

/** The interval of a share under the share itself: "3.4 – 14". */
export const intervalText = (p: Proportion): string => `${percent(p.low).replace(" %", "")} – ${percent(p.high).replace(" %", "")}`;

/** A difference as points of 100, with a sign: "+4.2", "−0.5". */
export function points(share: number): string {
  const text = Math.abs(share * 100).toFixed(1);
  return text === "0.0" ? "±0" : `${share > 0 ? "+" : "−"}${text}`;
}

export function differenceText(d: Difference): string {
  return d.state === "not_enough" ? "not enough answers to tell" : `${points(d.estimate)} of 100 (${points(d.low)} to ${points(d.high)})`;
}

/** The colour of a difference: only what chance does not explain has one. */
export const tone = (d: Difference): string => ({ worse: "text-bad", better: "text-good", none: "text-soft", not_enough: "text-faint" })[d.state];

/** The largest share that a chart must show: a round figure above all intervals of ranges that have answers. */
export function highest(ranges: readonly WaitRange[]): number {
  const most = Math.max(0, ...ranges.filter((r) => r.answers > 0).flatMap((r) => [shown(r.bad), shown(r.good)]));
  return [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8].find((limit) => most <= limit) ?? 1;
}

/** Ranges with few answers have intervals of nearly 0 to 1. The chart may cut these, so that the others remain readable. */
const shown = (p: Proportion): number => (p.of < 20 ? (p.share ?? 0) : p.high);
