// Keyboard shortcuts. A component binds keys while it is mounted. The newest binding of a key wins. The help overlay lists the current
// bindings.

import { untrack } from "svelte";

export interface Binding {
  /** A value of KeyboardEvent.key, or two in sequence: "g t". */
  keys: string[];
  /** For the help overlay. */
  what: string;
  /** Also works when a button or link has the focus, which would otherwise handle the key. Not while somebody types. */
  always?: boolean;
  run: (event: KeyboardEvent) => void;
}

class Keys {
  bindings: Binding[] = $state.raw([]);
  #first = "";
  #firstAt = 0;
  /** The space bar is down, and its binding has run. */
  #taken = false;

  constructor() {
    addEventListener("keydown", (event) => this.#press(event));
    // A button that has the focus is pressed when the space bar goes up.
    addEventListener("keyup", (event) => {
      if (event.key === " " && this.#taken) event.preventDefault();
      this.#taken = false;
    });
  }

  /** Does what a key does, for buttons that do the same. */
  press(key: string): void {
    this.#find(key)?.run(new KeyboardEvent("keydown", { key }));
  }

  /** Binds until the returned function is called. Meant for $effect. */
  bind(...bindings: Binding[]): () => void {
    // Untracked: an effect that binds keys must not run again when another component binds keys.
    untrack(() => (this.bindings = [...this.bindings, ...bindings]));
    return () => untrack(() => (this.bindings = this.bindings.filter((b) => !bindings.includes(b))));
  }

  #press(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target instanceof Element ? event.target : null;
    const typing = target?.closest("input, textarea, select, [contenteditable]");
    if (typing) {
      // In a field, Escape leaves the field and other keys are text.
      if (event.key === "Escape") (typing as HTMLElement).blur();
      return;
    }
    // A focused control handles these keys itself, unless the page has a more important use for them.
    const held = (event.key === "Enter" || event.key === " ") && target?.closest("a, button, summary, [role=slider]");
    if (held && (!this.#find(event.key)?.always || held.closest("dialog, [popover]"))) return;
    const pair = performance.now() - this.#firstAt < 1200 ? `${this.#first} ${event.key}` : "";
    this.#first = event.key;
    this.#firstAt = performance.now();
    const found = this.#find(pair) ?? this.#find(event.key);
    if (!found) return;
    event.preventDefault();
    this.#taken = event.key === " ";
    found.run(event);
  }

  #find(key: string): Binding | undefined {
    return key === "" ? undefined : this.bindings.findLast((b) => b.keys.includes(key));
  }
}

export const keys = new Keys();
