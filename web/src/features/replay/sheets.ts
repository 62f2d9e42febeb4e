// rrweb's replayer rewrites every style sheet so that :hover follows the recorded mouse. Its time is quadratic in the number of rules:
// 1 MB of empty rules freezes the page for 42 s. It caches the results, so we fill its cache with our own.
import type { Replayer } from "posthog-js/dist/rrweb";
import { replayCSS } from "./css";

/** Makes the replayer use our style sheets. Its cache is not part of its public interface; browser tests fail if it changes. */
export function adaptSheets(replayer: Replayer): void {
  (replayer as unknown as { cache: unknown }).cache = { stylesWithHoverClass: { get: replayCSS, set: () => undefined } };
}
