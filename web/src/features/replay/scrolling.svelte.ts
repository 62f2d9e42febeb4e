// A list that scrolls with the playhead, unless its reader has scrolled away. The next move of the playhead by a reader brings it back.
import { untrack } from "svelte";
import type { Playhead } from "./playhead.svelte";

/** Keys that scroll. */
const scrollKeys = new Set(["PageUp", "PageDown", "Home", "End", "ArrowUp", "ArrowDown"]);

export class Scrolling {
  /** The reader has scrolled away from the playhead. */
  away = $state(false);

  /** Call it while a component is initialised. */
  constructor(playhead: () => Playhead | null) {
    $effect(() => {
      void playhead()?.moves;
      this.away = false;
    });
  }

  /** Attached to the element that scrolls. */
  watch = (element: HTMLElement): (() => void) => {
    const leave = () => (this.away = true);
    const pressed = (event: KeyboardEvent) => scrollKeys.has(event.key) && leave();
    const grabbed = (event: PointerEvent) => event.target === element && leave(); // its scroll bar
    element.addEventListener("wheel", leave, { passive: true });
    element.addEventListener("touchmove", leave, { passive: true });
    element.addEventListener("keydown", pressed);
    element.addEventListener("pointerdown", grabbed);
    return () => {
      element.removeEventListener("wheel", leave);
      element.removeEventListener("touchmove", leave);
      element.removeEventListener("keydown", pressed);
      element.removeEventListener("pointerdown", grabbed);
    };
  };
}

/** Attached to a list of messages that scrolls: while it plays, the one at the playhead is in view, unless the reader has scrolled away. */
export function followMessage(playhead: Playhead): (element: HTMLElement) => () => void {
  return (element) => {
    const scrolling = untrack(() => new Scrolling(() => playhead));
    $effect(() => {
      void playhead.listNow;
      if (playhead.playing && !scrolling.away) element.querySelector("[aria-current=time]")?.scrollIntoView({ block: "nearest" });
    });
    return scrolling.watch(element);
  };
}
