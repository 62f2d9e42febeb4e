// The arithmetic of a histogram: where the labels of its axis are, and which bar a pointer is on.
import type { Bar } from "../../lib/domain";
import { count, percent } from "../../lib/format";

export interface Tick {
  ms: number;
  label: string;
}

const hour = 3_600_000;
const day = 24 * hour;
/** Distances between labels: each divides a day, or is a number of days. */
const distances = [1_000, 5_000, 15_000, 60_000, 300_000, 900_000, 1_800_000, hour, 2 * hour, 3 * hour, 6 * hour, 12 * hour, day, 2 * day, 7 * day, 14 * day, 30 * day, 90 * day, 365 * day];

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const seconds = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const date = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const month = new Intl.DateTimeFormat("en-GB", { month: "short", year: "numeric" });

/** At most `most` labels between two instants, at round local times. */
export function ticks(fromMs: number, toMs: number, most: number): Tick[] {
  const distance = distances.find((d) => (toMs - fromMs) / d <= Math.max(1, most)) ?? 365 * day;
  const found: Tick[] = [];
  const midnight = new Date(fromMs).setHours(0, 0, 0, 0);
  for (let i = 0; ; i++) {
    // Days are counted by the calendar: some have 23 or 25 hours.
    const ms = distance < day ? midnight + i * distance : new Date(midnight).setDate(new Date(midnight).getDate() + (i * distance) / day);
    if (ms >= toMs) return found;
    if (ms >= fromMs) found.push({ ms, label: label(ms, distance) });
  }
}

function label(ms: number, distance: number): string {
  if (distance >= 90 * day) return month.format(ms);
  if (distance >= day || ms === new Date(ms).setHours(0, 0, 0, 0)) return date.format(ms);
  return (distance < 60_000 ? seconds : clock).format(ms);
}

/** The index of the bar at a share of the width. The share may be less than 0 or more than 1. */
export const barAt = (bars: readonly Bar[], share: number): number => Math.max(0, Math.min(bars.length - 1, Math.floor(share * bars.length)));

/** The time that two bars and those between them cover, in either order. */
export function range(bars: readonly Bar[], a: number, b: number): { fromMs: number; toMs: number } | null {
  const [first, last] = [bars[Math.min(a, b)], bars[Math.max(a, b)]];
  return first && last ? { fromMs: first.fromMs, toMs: last.toMs } : null;
}

/** What bars tell about their rows: how many failed, or how many have a bad and a good score. */
export type Told = "failures" | "scores" | "nothing";

export interface Figure {
  text: string;
  tone: "bad" | "good" | "none";
}

/** What some bars tell about their rows, in words. */
export function figures(bars: readonly Bar[], told: Told): Figure[] {
  const [rows, failed, good] = bars.reduce(([n, f, g], b) => [n + b.count, f + b.failed, g + b.good], [0, 0, 0] as [number, number, number]);
  if (told === "nothing" || rows === 0) return [];
  const figure = (n: number, what: string, tone: Figure["tone"]): Figure => ({ text: `${count(n)} ${what} (${percent(n / rows)})`, tone });
  if (told === "failures") return [failed > 0 ? figure(failed, "failed", "bad") : { text: "none failed", tone: "none" }];
  const unscored = rows - failed - good;
  return [
    ...(failed > 0 ? [figure(failed, "scored below 0.5", "bad")] : []),
    ...(good > 0 ? [figure(good, "scored 0.5 or more", "good")] : []),
    ...(unscored > 0 ? [figure(unscored, "without a score", "none")] : []),
  ];
}

/** "26 Nov, 14:00 – 15:00", or only the days where a bar is one or more whole days. */
export function spanText({ fromMs, toMs }: Pick<Bar, "fromMs" | "toMs">): string {
  const whole = (ms: number) => ms === new Date(ms).setHours(0, 0, 0, 0);
  if (whole(fromMs) && whole(toMs)) {
    const last = new Date(toMs).setDate(new Date(toMs).getDate() - 1);
    return last === fromMs ? date.format(fromMs) : `${date.format(fromMs)} – ${date.format(last)}`;
  }
  const time = toMs - fromMs < 60_000 ? seconds : clock;
  const sameDay = new Date(fromMs).setHours(0, 0, 0, 0) === new Date(toMs - 1).setHours(0, 0, 0, 0);
  return `${date.format(fromMs)}, ${time.format(fromMs)} – ${sameDay ? "" : `${date.format(toMs)}, `}${time.format(toMs)}`;
}
