// A catch around each step of rrweb's replayer. It has none of its own for most of them: what one throws ends the seek that it is a
// part of, or stops the clock. gate.ts keeps away what is known to throw; this is for what nobody thought of.
import type { Replayer } from "posthog-js/dist/rrweb";

/** Where the replayer applies one event, or what it put off until the end of a seek. They are no part of its interface; guard.test.ts finds out when they are gone. */
export const steps = ["applyIncremental", "rebuildFullSnapshot", "applyStyleSheetMutation", "applyAdoptedStyleSheet", "applyScroll", "applySelection", "moveAndHover"] as const;

/** Has a step that fails be left out. failed is called once for each event or part of one that failed. */
export function guard(replayer: Replayer, failed: () => void): void {
  const seen = new WeakSet<object>();
  const methods = replayer as unknown as Record<string, (...given: unknown[]) => unknown>;
  for (const step of steps) {
    const apply = methods[step];
    methods[step] = (...given) => {
      try {
        return apply?.apply(replayer, given);
      } catch {
        const event = given.find((value) => typeof value === "object" && value !== null);
        if (event && seen.has(event)) return undefined;
        if (event) seen.add(event);
        failed();
        return undefined;
      }
    };
  }
}
