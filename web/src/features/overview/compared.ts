// What "What changed" compares: the values of which fields, and with which range. Both are in the address.
import type { Query } from "../../lib/route";

/** The ranges with which a range can be compared, by their name in the address. */
export const bases = [
  { base: "", name: "the range before" },
  { base: "week", name: "the same range a week before" },
] as const;

const weekMs = 7 * 86_400_000;

/** Whether a range lies a week after another of the same length. A longer one would be compared with a part of itself. */
export const hasWeekBefore = (from: string, to: string): boolean => Date.parse(to) - Date.parse(from) <= weekMs;

/** The fields in an address, each once. None are the usual ones. */
export const fieldsOf = (query: Query): string[] => [...new Set((query.changed ?? "").split(",").map((name) => name.trim()))].filter((name) => name !== "");

/** The range for the API, as RFC 3339 instants; nothing for the range before, which is the API's own default. */
export function baseOf(query: Query, from: string, to: string): { base_from?: string; base_to?: string } {
  if (query.base !== "week" || !hasWeekBefore(from, to)) return {};
  const before = (instant: string) => new Date(Date.parse(instant) - weekMs).toISOString();
  return { base_from: before(from), base_to: before(to) };
}
