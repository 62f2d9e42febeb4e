// Catches exceptions in each step of rrweb's replayer, which mostly does not catch them itself: one ends the seek or stops the
// clock. gate.ts filters the events that are known to throw; this handles unknown ones.
import type { Replayer } from "posthog-js/dist/rrweb";

/** The replayer's methods that apply one event, or changes delayed until the end of a seek. They are not part of its public interface; guard.test.ts fails if they disappear. */
export const steps = ["applyIncremental", "rebuildFullSnapshot", "applyStyleSheetMutation", "applyAdoptedStyleSheet", "applyScroll", "applySelection", "moveAndHover"] as const;

/** Skips steps that throw. failed is called once for each event, or part of one, that failed. */
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
