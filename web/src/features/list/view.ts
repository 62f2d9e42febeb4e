// A saved view is the state of a list in its address: what is searched, the period, the order, and the columns.
import type { SavedView } from "../../lib/domain";
import type { Query } from "../../lib/route";

const parts = ["q", "since", "from", "to", "sort"] as const;

/** The state of a list, as a view or an address has it. */
export type ListState = Pick<SavedView, (typeof parts)[number] | "columns">;

/** The state in an address. shown are the columns on the screen. */
export function stateOf(query: Query, shown: readonly string[]): ListState {
  const state: ListState = { columns: [...shown] };
  for (const part of parts) {
    const value = query[part];
    if (value) state[part] = value;
  }
  return state;
}

/** The parameters of an address that opens a view. null removes a parameter that the view does not have. */
export function parameters(view: SavedView): Record<string, string | null> {
  return { ...Object.fromEntries(parts.map((part) => [part, view[part] ?? null])), columns: view.columns?.join(",") ?? null, view: view.id };
}

/** Whether a list differs from the view that it was opened with. Columns are compared only where the view names some. */
export function differs(view: SavedView, state: ListState): boolean {
  const columns = (of: ListState) => (view.columns ? (of.columns ?? []).toSorted().join(",") : "");
  return parts.some((part) => (view[part] ?? "") !== (state[part] ?? "")) || columns(view) !== columns(state);
}
