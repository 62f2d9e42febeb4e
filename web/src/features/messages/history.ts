// A chat sends its whole history with every call. The reader wants to see the new part first.
import type { Message } from "../../lib/domain";

export interface Turns {
  /** Instructions at the start. */
  instructions: Message[];
  /** Earlier turns. */
  earlier: Message[];
  /** The last message with role user, and what follows it. */
  latest: Message[];
}

/** Splits a call's input. Without a message of role user, everything is the latest turn. When the latest turn was loaded separately, everything else is earlier. */
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
