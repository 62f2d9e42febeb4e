// Shows which element had the focus. The replayer can only move the reader's own focus there, so that keys would no longer reach the player. Instead
// the element is marked, and style sheets select by the mark (css.ts).
import type { Replayer } from "posthog-js/dist/rrweb";
import { focusAttribute, focusVisibleAttribute } from "./css";

/** Styles that the replayer puts before those of the page: the outline that browsers draw. A page that draws its own, or none, overrides it. */
export const focusStyles = [`:where([${focusVisibleAttribute}]) { outline: auto 1px -webkit-focus-ring-color; }`];

const interaction = 2;
const [mouseDown, focus, blur, touchStart] = [1, 5, 6, 7];
/** A focus so soon after a press is by the press. */
const pressMs = 100;

interface Recorded {
  timestamp: number;
  data: { source?: unknown; type?: unknown; id?: unknown };
}

/** What of a recording says where the focus is. */
export class FocusState {
  /** The number of the element with the focus. */
  id: number | null = null;
  /** It came by a press, after which browsers draw an outline only around fields. */
  pressed = false;
  #pressedMs = -Infinity;

  /** Reads an event; true if the focus may have moved. */
  read({ timestamp, data }: Recorded): boolean {
    if (data.source !== interaction || typeof data.id !== "number") return false;
    if (data.type === mouseDown || data.type === touchStart) this.#pressedMs = timestamp;
    else if (data.type === focus) {
      this.id = data.id;
      this.pressed = timestamp >= this.#pressedMs && timestamp - this.#pressedMs <= pressMs;
      return true;
    } else if (data.type === blur && this.id === data.id) {
      this.id = null;
      return true;
    }
    return false;
  }

  /** A full snapshot begins the page anew. Where the focus is then, recorders do not say. */
  forget(): void {
    this.id = null;
    this.#pressedMs = -Infinity;
  }
}

/** Marks the element that had the focus while the replayer plays and seeks. Its methods are those that guard.ts names. */
export function showFocus(replayer: Replayer): void {
  const state = new FocusState();
  let marked: Element | null = null;
  const mark = () => {
    const node = state.id === null ? null : replayer.getMirror().getNode(state.id);
    const element = node && node.nodeType === 1 && node.isConnected ? (node as Element) : null;
    if (marked !== element) for (const name of [focusAttribute, focusVisibleAttribute]) marked?.removeAttribute(name);
    marked = element;
    element?.setAttribute(focusAttribute, "");
    element?.toggleAttribute(focusVisibleAttribute, !state.pressed || isField(element));
  };
  const methods = replayer as unknown as Record<"applyIncremental" | "rebuildFullSnapshot", (...given: unknown[]) => unknown>;
  const { applyIncremental, rebuildFullSnapshot } = methods;
  methods.applyIncremental = (...given) => {
    const moved = state.read(given[0] as Recorded);
    const done = applyIncremental.apply(replayer, given);
    if (moved && given[1] !== true) mark(); // in a seek, the nodes are there when it ends
    return done;
  };
  methods.rebuildFullSnapshot = (...given) => {
    state.forget();
    return rebuildFullSnapshot.apply(replayer, given);
  };
  replayer.on("flush", mark);
}

/** Elements whose focus browsers always show: one types into them. */
const isField = (element: Element) => element.matches("textarea, [contenteditable]:not([contenteditable=false]), input:not([type=button], [type=submit], [type=reset], [type=image], [type=checkbox], [type=radio], [type=range], [type=color], [type=file])");
