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

  /** Without remembering it: for a width that is being dragged. */
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
