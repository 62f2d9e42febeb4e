// All models come in one answer, so their list is sorted here.
import type { Model } from "../../lib/domain";
import { order } from "../../lib/sort";

const values: Record<string, (m: Model) => string | number | null> = {
  model: (m) => m.model,
  calls: (m) => m.calls,
  cost_usd: (m) => m.costUsd,
  unpriced: (m) => m.unpriced,
  input_tokens: (m) => m.inputTokens,
  last_ms: (m) => m.lastMs,
};

/** In the order that the address asks for; models without a value come last. Without an order, they stay as in the answer. */
export function sorted(models: readonly Model[], sort: string | undefined): Model[] {
  const by = order(sort);
  const value = by && values[by.field];
  if (!by || !value) return [...models];
  return models.toSorted((a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    const upward = typeof x === "string" || typeof y === "string" ? String(x).localeCompare(String(y)) : x - y;
    return by.down ? -upward : upward;
  });
}
