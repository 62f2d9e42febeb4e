import { describe, expect, it } from "vitest";
import { custom, fullSnapshot, incremental, meta, readEvents, type RrEvent } from "./events";
import { playable, Track, Unplayable } from "./track";

const at = (timestamp: number, type = incremental, data: unknown = { source: 0 }): RrEvent => ({ type, data, timestamp });
const page = at(0, meta, { href: "", width: 800, height: 600 });

/** A server with a recording of one event a second for ten minutes, full snapshots every five, until being exclusive. */
function server() {
  const recording = [page, at(0, fullSnapshot, {}), ...Array.from({ length: 600 }, (_, i) => at((i + 1) * 1000, i === 299 ? fullSnapshot : incremental, { source: i % 50 ? 0 : 2 }))];
  const asked: { t: number; until: number }[] = [];
  const fetch = async (query: { t: number; until: number }) => {
    asked.push(query);
    const from = recording.findLastIndex((e) => e.type === fullSnapshot && e.timestamp <= query.t);
    const lines = recording.slice(Math.max(0, from)).filter((e) => e.timestamp < query.until);
    return new Response(lines.map((e) => JSON.stringify(e)).join("\n"));
  };
  return { fetch, asked };
}

const signal = new AbortController().signal;

describe("Track", () => {
  it("loads from the full snapshot before the moment and no further than asked", async () => {
    const { fetch, asked } = server();
    const track = await Track.open(fetch, 320_000, 60_000, 600_000, signal);
    expect(asked).toEqual([{ t: 320_000, until: 380_000 }]);
    expect(track.from).toBe(300_000);
    expect(track.covered).toBe(380_000);
    expect(track.complete).toBe(false);
    expect(track.holds(310_000)).toBe(true);
    expect(track.holds(299_000)).toBe(false);
    expect(track.holds(381_000)).toBe(false);
  });

  it("reads on without doubling or losing an event", async () => {
    const { fetch } = server();
    const track = await Track.open(fetch, 10_000, 60_000, 600_000, signal);
    while (!track.complete) await track.extend(100_000, signal);
    const times = track.events.filter((e) => e.type !== custom && e.type !== meta).map((e) => e.timestamp);
    expect(times).toEqual([0, ...Array.from({ length: 600 }, (_, i) => (i + 1) * 1000)]);
    expect(track.covered).toBe(600_000);
    expect(track.activity).toEqual(track.activity.toSorted((a, b) => a - b));
    expect(track.events.at(-1)?.timestamp).toBe(600_000);
  });

  it("is complete once it reached the end, until the window grows", async () => {
    const track = await Track.open(server().fetch, 590_000, 60_000, 600_000, signal);
    expect(track.complete).toBe(true);
    track.grow(700_000);
    expect(track.complete).toBe(false);
  });

  it("says why it cannot be shown", async () => {
    const answer = (events: RrEvent[]) => async () => new Response(events.map((e) => JSON.stringify(e)).join("\n"));
    await expect(Track.open(answer([]), 0, 1, 1, signal)).rejects.toThrow(Unplayable);
    await expect(Track.open(answer([at(1)]), 0, 1, 1, signal)).rejects.toThrow(/full picture/);
  });
});

describe("playable", () => {
  it("starts with the page's size and its picture, at one time", () => {
    const events = playable([at(1), page, at(5, fullSnapshot), at(6)]);
    expect(events.map((e) => [e.type, e.timestamp])).toEqual([
      [meta, 5],
      [fullSnapshot, 5],
      [incremental, 6],
    ]);
    expect(events[0]?.data).toMatchObject({ width: 800 });
  });
  it("supposes a size when none was recorded", () => expect(playable([at(5, fullSnapshot)])[0]?.data).toMatchObject({ width: 1280, height: 800 }));
});

describe("readEvents", () => {
  it("puts lines together that arrive in pieces, and leaves out what is no event", async () => {
    const text = `${JSON.stringify(at(1, 3, { text: "ü😀" }))}\n\nbroken\n{"type":"x"}\nnull\n${JSON.stringify(at(2))}`;
    const bytes = new TextEncoder().encode(text);
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const byte of bytes) controller.enqueue(new Uint8Array([byte]));
        controller.close();
      },
    });
    const events: RrEvent[] = [];
    for await (const event of readEvents(body)) events.push(event);
    expect(events).toEqual([at(1, 3, { text: "ü😀" }), at(2)]);
  });
});
