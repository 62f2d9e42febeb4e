// What the calls that began up to an instant use.
import type { Call } from "../../lib/domain";

export interface SoFar {
  calls: number;
  input: number;
  output: number;
  costUsd: number | null;
  /** How many of them have no known cost. */
  unpriced: number;
}

/** The sums of the generations and embeddings that had begun by then. Each counts in full, also if it had not ended. */
export function soFar(calls: readonly Pick<Call, "kind" | "startMs" | "tokens" | "costUsd" | "costState">[], nowMs: number): SoFar {
  const sum: SoFar = { calls: 0, input: 0, output: 0, costUsd: null, unpriced: 0 };
  for (const call of calls) {
    if ((call.kind !== "generation" && call.kind !== "embedding") || call.startMs > nowMs) continue;
    sum.calls++;
    sum.input += call.tokens.input ?? 0;
    sum.output += call.tokens.output ?? 0;
    if (call.costUsd !== null) sum.costUsd = (sum.costUsd ?? 0) + call.costUsd;
    else if (call.costState === "unpriced") sum.unpriced++;
  }
  return sum;
}
