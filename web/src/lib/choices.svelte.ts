// What a reader has chosen about the look of lists, kept in this browser.
import { none, readChoice, type Choice } from "./columns";

export type Density = "comfortable" | "compact";

const densityKey = "playhead.density";
const key = (list: string) => `playhead.list.${list}`;

function stored(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function store(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {
    // Storage may be forbidden: the choice then lasts as long as the page.
  }
}

/** The columns of one list. */
export class ColumnChoice {
  value: Choice = $state.raw(none);
  #list: string;

  constructor(list: string) {
    this.#list = list;
    this.value = readChoice(stored(key(list)));
  }

  /** Applies a choice without remembering it, for a width that is being dragged. */
  try(choice: Choice): void {
    this.value = choice;
  }

  set(choice: Choice): void {
    this.value = choice;
    store(key(this.#list), choice === none ? null : JSON.stringify(choice));
  }
}

/** How high the rows of all lists are. */
class DensityChoice {
  value: Density = $state(stored(densityKey) === "compact" ? "compact" : "comfortable");

  set(value: Density): void {
    this.value = value;
    store(densityKey, value);
  }
}

export const density = new DensityChoice();

const panesKey = "playhead.panes";

/** How wide or high the panes of pages are, px, by name. */
class PaneChoice {
  #sizes: Readonly<Record<string, number>> = $state.raw(readSizes(stored(panesKey)));

  of(name: string): number | undefined {
    return this.#sizes[name];
  }

  /** Null restores the size from before anybody chose. */
  set(name: string, px: number | null): void {
    const { [name]: _, ...others } = this.#sizes;
    this.#sizes = px === null ? others : { ...others, [name]: Math.round(px) };
    store(panesKey, Object.keys(this.#sizes).length === 0 ? null : JSON.stringify(this.#sizes));
  }
}

function readSizes(text: string | null): Record<string, number> {
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    return Object.fromEntries(Object.entries(value as object).filter(([, px]) => typeof px === "number" && px > 0));
  } catch {
    return {};
  }
}

export const panes = new PaneChoice();
