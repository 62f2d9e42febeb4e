// A chat sends its whole history with every call. What is new in this call is what one wants to read.
import type { Message } from "../../lib/domain";

export interface Turns {
  /** Instructions that stand before everything. */
  instructions: Message[];
  /** Earlier turns, sent along. */
  earlier: Message[];
  /** From the last thing that the user said on. */
  latest: Message[];
}

/** Splits a call's input. Without a message of a user everything is the latest. Where the latest turn came apart from the rest, the rest is earlier. */
export function turns(input: readonly Message[], apart: readonly Message[] = []): Turns {
  const found = input.findIndex((m) => m.role !== "system" && m.role !== "developer");
  const first = found < 0 ? input.length : found;
  if (apart.length > 0) return { instructions: input.slice(0, first), earlier: input.slice(first), latest: [...apart] };
  const last = input.findLastIndex((m) => m.role === "user" && m.parts.some((p) => p.type !== "tool_result"));
  if (last <= first) {
    const split = found < 0 ? 0 : first;
    return { instructions: input.slice(0, split), earlier: [], latest: input.slice(split) };
  }
  return { instructions: input.slice(0, first), earlier: input.slice(first, last), latest: input.slice(last) };
}
