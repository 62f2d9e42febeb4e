// The arithmetic of a chart of one series of steps.

/** A value for each step; null where there is none. */
export type Values = readonly (number | null)[];

/** How many times as high as its lines the range before may make a chart. One slow hour of last week would otherwise press this week to the bottom. */
const mostBefore = 2;

/** The value at the top of the chart: the highest one of the lines or, within limits, of the range before. It is 1 where there is none. */
export function top(lines: readonly Values[], before: Values | null): number {
  const highest = (values: readonly Values[]) => Math.max(0, ...values.flatMap((line) => line.map((v) => v ?? 0)));
  const now = highest(lines);
  const earlier = highest(before ? [before] : []);
  return Math.max(now, now > 0 ? Math.min(earlier, mostBefore * now) : earlier) || 1;
}

/** The lines on top of each other, the first one lowest: each is the sum of itself and those below. */
export function stacked(lines: readonly Values[]): Values[] {
  const sums: number[] = [];
  return lines.map((line) => line.map((v, i) => (sums[i] = (sums[i] ?? 0) + (v ?? 0))));
}

/** The path of a line in a box; steps without a value are gaps. A value alone between gaps is a short dash. */
export function path(values: Values, highest: number, width: number, height: number): string {
  const slot = width / Math.max(1, values.length);
  const x = (i: number) => round((i + 0.5) * slot);
  const y = (v: number) => round(height - (v / highest) * height);
  let d = "";
  values.forEach((v, i) => {
    if (v === null) return;
    const first = (values[i - 1] ?? null) === null;
    const alone = first && (values[i + 1] ?? null) === null;
    d += alone ? `M${round(x(i) - slot / 4)} ${y(v)}h${round(slot / 2)}` : `${first ? "M" : "L"}${x(i)} ${y(v)}`;
  });
  return d;
}

/** The area between a stacked line and the one below it, or the bottom. */
export function area(values: Values, below: Values | undefined, highest: number, width: number, height: number): string {
  if (values.length === 0) return "";
  const slot = width / values.length;
  const point = (v: number | null | undefined, i: number) => `${round((i + 0.5) * slot)} ${round(height - ((v ?? 0) / highest) * height)}`;
  const there = values.map((v, i) => point(v, i));
  const back = values.map((_, i) => point(below?.[i], i)).toReversed();
  return `M${[...there, ...back].join("L")}Z`;
}

/** The area between a line and the bottom; steps without a value are gaps. */
export function under(values: Values, highest: number, width: number, height: number): string {
  const slot = width / Math.max(1, values.length);
  let d = "";
  values.forEach((v, i) => {
    if (v === null) return;
    const point = `${round((i + 0.5) * slot)} ${round(height - (v / highest) * height)}`;
    const before = values[i - 1] ?? null;
    const after = values[i + 1] ?? null;
    if (before === null) d += `M${round((i + 0.5) * slot)} ${height}`;
    d += `L${point}`;
    if (after === null) d += `V${height}Z`;
  });
  return d;
}

const round = (n: number) => Math.round(n * 100) / 100;

/** The index of the step at a share of the width. The share may be less than 0 or more than 1. */
export const stepAt = (count: number, share: number): number => Math.max(0, Math.min(count - 1, Math.floor(share * count)));

/** The time that two steps and those between them cover, in either order, within the range. */
export function span(starts: readonly number[], a: number, b: number, fromMs: number, toMs: number): { fromMs: number; toMs: number } | null {
  const [first, after] = [starts[Math.min(a, b)], starts[Math.max(a, b) + 1] ?? toMs];
  return first === undefined ? null : { fromMs: Math.max(first, fromMs), toMs: Math.min(after, toMs) };
}

/** Which steps get a label: at most `most`, at equal distances. Where some steps begin a day, only those. */
export function labelled(count: number, most: number, isDay: (i: number) => boolean): number[] {
  const all = Array.from({ length: count }, (_, i) => i);
  const days = all.filter(isDay);
  const candidates = days.length > 1 ? days : all;
  const every = Math.max(1, Math.ceil(candidates.length / Math.max(1, most)));
  return candidates.filter((_, n) => n % every === 0);
}

/** Where an instant lies in the series, as a share of its width; null outside of it. */
export function shareOf(starts: readonly number[], ms: number, toMs: number): number | null {
  const i = starts.findLastIndex((start) => start <= ms);
  const start = starts[i];
  if (start === undefined || ms >= Math.max(toMs, start + 1)) return null;
  const end = starts[i + 1] ?? Math.max(toMs, start + 1);
  return (i + Math.min(1, (ms - start) / (end - start))) / starts.length;
}
