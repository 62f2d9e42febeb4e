// @vitest-environment jsdom
import { Replayer } from "posthog-js/dist/rrweb";
import { describe, expect, it } from "vitest";
import { guard, steps } from "./guard";

describe("guard", () => {
  it.each(steps)("%s is a step of the replayer", (step) => expect(step in Replayer.prototype).toBe(true));

  it("leaves out a step that fails, and says so once for each event", () => {
    const replayer = { applyIncremental: () => { throw new TypeError("no such thing"); }, moveAndHover: () => 7 }; // prettier-ignore
    let failed = 0;
    guard(replayer as unknown as Replayer, () => failed++);
    const [a, b] = [{}, {}];
    for (const event of [a, b, a]) (replayer.applyIncremental as (event: object) => void)(event);
    expect(failed).toBe(2);
    expect(replayer.moveAndHover()).toBe(7);
  });
});
