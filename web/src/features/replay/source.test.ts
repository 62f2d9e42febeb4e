import { beforeEach, describe, expect, it } from "vitest";
import { firstMs, Source } from "./source";

const t = Date.UTC(2026, 0, 1);
const first = { t, until: t + firstMs };

describe("Source", () => {
  let asked: { window: string; t: number; signal: AbortSignal }[];
  const ask = (window: string) => async ({ t }: { t: number }, signal: AbortSignal) => {
    asked.push({ window, t, signal });
    return new Response(String(asked.length));
  };
  beforeEach(() => (asked = []));
  const open = () => new Source(ask, { windowId: "w", t });
  const read = async (answer: Promise<Response>) => (await answer).text();

  it("asks for the moment at once, and the player gets this answer once", async () => {
    const source = open();
    expect(asked).toMatchObject([{ window: "w", t }]);
    const fetch = source.fetch("w", false);
    expect(await read(fetch(first, new AbortController().signal))).toBe("1");
    expect(await read(fetch(first, new AbortController().signal))).toBe("2");
    expect(asked.every((a) => !a.signal.aborted)).toBe(true);
  });

  it.each([
    ["another moment", "w", false, { t: t + 1, until: t + 1 + firstMs }],
    ["another length", "w", false, { t, until: t + 1 }],
    ["another window", "v", false, first],
    ["a window that may have grown since", "w", true, first],
  ])("asks again for %s", async (_, window, live, query) => {
    const source = open();
    expect(await read(source.fetch(window, live)(query, new AbortController().signal))).toBe("2");
    expect(asked.map((a) => a.signal.aborted)).toEqual([true, false]);
  });

  it("stops what the player does not want any more, and what nobody has asked for", () => {
    const source = open();
    const player = new AbortController();
    void source.fetch("w", false)(first, player.signal);
    player.abort();
    const unused = open();
    unused.close();
    expect(asked.map((a) => a.signal.aborted)).toEqual([true, true]);
  });

  it("asks for nothing without a moment", () => {
    new Source(ask, null).close();
    expect(asked).toEqual([]);
  });
});
