import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const { session, snapshots } = vi.hoisted(() => ({ session: vi.fn(), snapshots: vi.fn() }));
vi.mock("../../lib/api/client", () => ({ api: { session, snapshots } }));
vi.mock("./copies", () => ({ copies: async () => null }));
vi.mock("./frame", () => ({ warmFrame: () => undefined }));
vi.mock("./player.svelte", () => ({ replayerModule: async () => null }));

import type { Link } from "../../lib/domain";
import { beginningOf, keptMs, reach, reaching, takeAhead } from "./ahead";

const first = { windowId: "w", t: 1000 };
const linked = { state: "linked", sessionId: "s", windowId: "w", momentMs: 1000 } as Link;
let signals: AbortSignal[];

beforeEach(() => {
  vi.useFakeTimers();
  signals = [];
  session.mockReset().mockImplementation(async (id: string, signal: AbortSignal) => (signals.push(signal), { id }));
  snapshots.mockReset().mockImplementation(async () => new Response("events"));
});
afterEach(() => {
  vi.runAllTimers(); // what was kept is dropped
  vi.useRealTimers();
});

describe("what is asked for ahead of a replay", () => {
  it("is asked for once, and taken once", async () => {
    reach("s", first);
    reach("s", first);
    expect(session).toHaveBeenCalledTimes(1);
    expect(snapshots).toHaveBeenCalledTimes(1);
    expect(await takeAhead("s", first)?.detail).toEqual({ id: "s" });
    expect(takeAhead("s", first)).toBeNull();
  });

  it.each([
    ["session", "other", first],
    ["moment", "s", { windowId: "w", t: 2000 }],
    ["window", "s", { windowId: "v", t: 1000 }],
  ])("is not taken for another %s", (_, id, moment) => {
    reach("s", first);
    expect(takeAhead(id, moment)).toBeNull();
    expect(takeAhead("s", first)).not.toBeNull();
  });

  it("is dropped when another replay is reached for, and when nobody comes", () => {
    reach("s", first);
    reach("other", first);
    expect(signals.map((s) => s.aborted)).toEqual([true, false]);
    vi.advanceTimersByTime(keptMs);
    expect(signals.map((s) => s.aborted)).toEqual([true, true]);
    expect(takeAhead("other", first)).toBeNull();
  });
});

describe("a replay button", () => {
  const button = () => {
    const target = new EventTarget();
    return { target, end: reaching(() => beginningOf(linked))(target as HTMLElement), on: (name: string) => target.dispatchEvent(new Event(name)) };
  };

  it("asks when a pointer stays, not when it passes", () => {
    const { on } = button();
    on("pointerenter");
    vi.advanceTimersByTime(30);
    on("pointerleave");
    vi.advanceTimersByTime(1000);
    expect(session).not.toHaveBeenCalled();
    on("pointerenter");
    vi.advanceTimersByTime(100);
    expect(session).toHaveBeenCalledTimes(1);
    expect(takeAhead("s", first)).not.toBeNull();
  });

  it("asks at once when it is pressed", () => {
    button().on("pointerdown");
    expect(session).toHaveBeenCalledTimes(1);
  });

  it("asks for nothing when it is gone", () => {
    const { on, end } = button();
    on("focus");
    end();
    vi.advanceTimersByTime(1000);
    expect(session).not.toHaveBeenCalled();
  });
});
