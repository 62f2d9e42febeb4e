// Times in a time zone that is not the browser's: how they are labelled, and how they are typed.

const dayMs = 86_400_000;

/** The browser's own time zone. */
export const here = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Whether a time zone exists. */
export function isZone(name: string | undefined): name is string {
  if (!name) return false;
  try {
    new Intl.DateTimeFormat("en-GB", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** An instant for <input type="datetime-local">, to the minute. Empty when it is invalid. */
export function toField(instant: string | undefined, zone: string): string {
  const ms = Date.parse(instant ?? "");
  return Number.isNaN(ms) ? "" : new Date(ms + offset(ms, zone)).toISOString().slice(0, 16);
}

/** The instant in such a field, or null when it is empty. A time that a clock change skips is an hour later; of one that occurs twice, the first is meant. */
export function fromField(value: string, zone: string): string | null {
  const ms = Date.parse(`${value}Z`);
  if (Number.isNaN(ms)) return null;
  const [before, after] = [-dayMs, dayMs].map((by) => ms - offset(ms + by, zone)) as [number, number]; // they differ around a clock change
  return new Date([before, after].find((at) => at + offset(at, zone) === ms) ?? before).toISOString();
}

/** By how much a zone's clock is ahead of UTC, ms. */
function offset(ms: number, zone: string): number {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" }).formatToParts(ms);
  const n = (type: string) => Number(parts.find((p) => p.type === type)?.value);
  return Date.UTC(n("year"), n("month") - 1, n("day"), n("hour"), n("minute"), n("second")) - Math.floor(ms / 1000) * 1000;
}

/** How the steps of a series are labelled: its time of day, or its day where it begins one. */
export function labels(zone: string): { short: (ms: number, stepMs: number) => string; long: (ms: number, stepMs: number) => string } {
  const day = new Intl.DateTimeFormat("en-GB", { timeZone: zone, day: "numeric", month: "short" });
  const clock = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const whole = (stepMs: number) => stepMs >= 23 * 3_600_000;
  return {
    short: (ms, stepMs) => (whole(stepMs) || clock.format(ms) === "00:00" ? day.format(ms) : clock.format(ms)),
    long: (ms, stepMs) => (whole(stepMs) ? day.format(ms) : `${day.format(ms)}, ${clock.format(ms)}`),
  };
}
