// The columns of a list, and what a reader has chosen about them: which are shown, and how wide they are.
import type { Snippet } from "svelte";
import type { Sort } from "./sort";

export interface Column<T> {
  /** The name in the reader's remembered choice. */
  id: string;
  name: string;
  title?: string;
  /** A track of a CSS grid. */
  width: string;
  /** A column of numbers. */
  right?: boolean;
  /** Absent when the list cannot be sorted by this column. */
  sort?: Sort;
  /** Not shown until the reader chooses it. */
  extra?: boolean;
  /** Classes of its cells. */
  class?: string;
  cell: Snippet<[T]>;
}

/** What a reader chose about one list. Columns that are not named are as the page says. */
export interface Choice {
  shown: Readonly<Record<string, boolean>>;
  /** In px. */
  widths: Readonly<Record<string, number>>;
}

export const none: Choice = { shown: {}, widths: {} };

export const narrowest = 48;
export const widest = 900;

type Described = Pick<Column<never>, "id" | "width" | "extra">;

/** The first column is always shown: it has the row's link. */
export function shown<C extends Described>(columns: readonly C[], choice: Choice): C[] {
  return columns.filter((c, i) => i === 0 || (choice.shown[c.id] ?? !c.extra));
}

/** The grid tracks of the given columns. */
export function tracks(columns: readonly Described[], choice: Choice): string {
  return columns.map((c) => (choice.widths[c.id] === undefined ? c.width : `${choice.widths[c.id]}px`)).join(" ");
}

export const widen = (choice: Choice, id: string, px: number): Choice => ({
  ...choice,
  widths: { ...choice.widths, [id]: Math.round(Math.max(narrowest, Math.min(widest, px))) },
});

export const show = (choice: Choice, id: string, on: boolean): Choice => ({ ...choice, shown: { ...choice.shown, [id]: on } });

/** The choice with exactly these columns shown. */
export const showing = (columns: readonly Described[], ids: readonly string[], choice: Choice): Choice => ({ ...choice, shown: Object.fromEntries(columns.map((c) => [c.id, ids.includes(c.id)])) });

/** Whether the reader has chosen anything. */
export const isChosen = (choice: Choice): boolean => Object.keys(choice.shown).length + Object.keys(choice.widths).length > 0;

/** Reads what was remembered. Invalid parts are left out. */
export function readChoice(text: string | null): Choice {
  try {
    const { shown, widths } = JSON.parse(text ?? "{}") as Partial<Record<keyof Choice, unknown>>;
    return {
      shown: only(shown, (v): v is boolean => typeof v === "boolean"),
      widths: only(widths, (v): v is number => typeof v === "number" && v >= narrowest && v <= widest),
    };
  } catch {
    return none;
  }
}

function only<V>(from: unknown, fits: (value: unknown) => value is V): Record<string, V> {
  const found = Object.entries(from !== null && typeof from === "object" ? from : {}).filter((entry): entry is [string, V] => fits(entry[1]));
  return Object.fromEntries(found);
}
