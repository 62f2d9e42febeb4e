import { duration } from "../../lib/format";

/** The time between a turn and the one before, in words; null for the first turn. */
export function waited(seconds: number | null): string | null {
  if (seconds === null) return null;
  return seconds < 0 ? `began ${duration(-seconds)} before the turn before had ended` : `${duration(seconds)} later`;
}
