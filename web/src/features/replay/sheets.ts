// rrweb's replayer puts every style sheet through a parser, to have :hover follow the recorded mouse, and looks at each rule through all
// rules before it: 1 MB of empty rules stops the page for 42 s. It keeps what it made, and asks there first.
import type { Replayer } from "posthog-js/dist/rrweb";
import { hoverCSS } from "./css";

/** Has the replayer take our style sheets. What it keeps is no part of its interface; tests in browsers find out when it is gone. */
export function adaptSheets(replayer: Replayer): void {
  (replayer as unknown as { cache: unknown }).cache = { stylesWithHoverClass: { get: hoverCSS, set: () => undefined } };
}
