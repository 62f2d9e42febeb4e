// The period of a list, from its address: since=24h (moves with the clock), or from and to.
import type { Query } from "./route";

export const periods = [
  { since: "", name: "Any time", ms: 0 },
  { since: "15m", name: "Last 15 minutes", ms: 15 * 60_000 },
  { since: "1h", name: "Last hour", ms: 3_600_000 },
  { since: "24h", name: "Last 24 hours", ms: 86_400_000 },
  { since: "7d", name: "Last 7 days", ms: 7 * 86_400_000 },
  { since: "30d", name: "Last 30 days", ms: 30 * 86_400_000 },
];

/** The period for the API, as RFC 3339 instants. An invalid instant is passed on, so that the API's error names it. */
export function bounds(query: Query, now: number): { from?: string; to?: string } {
  const period = periods.find((p) => p.since === query.since && p.ms > 0);
  if (period) return { from: new Date(now - period.ms).toISOString() };
  return { ...(query.from ? { from: query.from } : {}), ...(query.to ? { to: query.to } : {}) };
}

/** An instant for <input type="datetime-local">: local, to the minute. Empty when it is invalid. */
export function toField(instant: string | undefined): string {
  const ms = Date.parse(instant ?? "");
  if (Number.isNaN(ms)) return "";
  return new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** The instant in such a field, or null when it is empty. */
export function fromField(value: string): string | null {
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}

/** The parameters of a period, for the address of another list. */
export const periodOf = ({ since, from, to }: Query): Query => ({ ...(since && { since }), ...(from && { from }), ...(to && { to }) });
