import { describe, expect, it } from "vitest";
import { custom, fullSnapshot, incremental, meta, readLines, type RrEvent } from "./events";
import { playable, Track, Unplayable } from "./track";

/** When the recordings of these tests begin, Unix ms. */
const start = Date.UTC(2026, 0, 1);
const at = (ms: number, type = incremental, data: unknown = { source: 0 }): RrEvent => ({ type, data, timestamp: start + ms });
const page = at(0, meta, { href: "", width: 800, height: 600 });
const picture = () => ({ node: { type: 0, id: 1, childNodes: [{ type: 2, id: 2, tagName: "html", attributes: {}, childNodes: [] }] } });

/** A server with a recording of one event a second for ten minutes, full snapshots every five, until being exclusive. */
function server() {
  const recording = [page, at(0, fullSnapshot, picture()), ...Array.from({ length: 600 }, (_, i) => (i === 299 ? [at(300_000, meta, page.data), at(300_000, fullSnapshot, picture())] : at((i + 1) * 1000, incremental, i % 50 ? { source: 0 } : { source: 2, type: 2, id: 2 }))).flat()];
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
    const track = await Track.open(fetch, start + 320_000, 60_000, start + 600_000, false, signal);
    expect(asked).toEqual([{ t: start + 320_000, until: start + 380_000 }]);
    expect(track.from).toBe(start + 300_000);
    expect(track.covered).toBe(start + 380_000);
    expect(track.complete).toBe(false);
    expect(track.holds(start + 310_000)).toBe(true);
    expect(track.holds(start + 299_000)).toBe(false);
    expect(track.holds(start + 381_000)).toBe(false);
  });

  it("reads on without doubling or losing an event", async () => {
    const { fetch } = server();
    const track = await Track.open(fetch, start + 10_000, 60_000, start + 600_000, false, signal);
    while (!track.complete) await track.extend(100_000, signal);
    const times = track.events.filter((e) => e.type !== custom && e.type !== meta).map((e) => e.timestamp - start);
    expect(times).toEqual([0, ...Array.from({ length: 600 }, (_, i) => (i + 1) * 1000)]);
    expect(track.covered).toBe(start + 600_000);
    expect(track.activity).toEqual(track.activity.toSorted((a, b) => a - b));
    expect(track.events.at(-1)?.timestamp).toBe(start + 600_000);
  });

  it("forgets what lies behind, from a full snapshot on", async () => {
    const { fetch } = server();
    const track = await Track.open(fetch, start + 10_000, 400_000, start + 600_000, false, signal);
    const all = track.events.length;
    track.forget(start + 200_000); // no later full snapshot before that
    expect([track.events.length, track.from]).toEqual([all, start]);
    track.forget(start + 390_000);
    expect(track.from).toBe(start + 300_000);
    expect(track.events[1]?.type).toBe(fullSnapshot);
    expect([track.snapshotAfter(start + 300_000), track.snapshotAfter(start + 300_001)]).toEqual([start + 300_000, null]);
    expect(track.holds(start + 299_999)).toBe(false);
    await track.extend(100_000, signal);
    expect(track.covered).toBe(start + 510_000);
  });

  it("stops reading when it is no longer wanted", async () => {
    const { fetch } = server();
    const abort = new AbortController();
    const opening = Track.open(async (query) => (abort.abort(), fetch(query)), start, 60_000, start + 600_000, false, abort.signal);
    await expect(opening).rejects.toThrow(/abort/i);
  });

  it("plays what arrives later of the last instant", async () => {
    const lines = [page, at(0, fullSnapshot, picture()), at(400, incremental, { source: 2, type: 2, id: 2 })];
    const answers = [lines, [...lines, at(400, incremental, { source: 2, type: 3, id: 2 })], [...lines, at(400, incremental, { source: 2, type: 3, id: 2 }), at(900)]];
    const track = await Track.open(async () => new Response(answers.shift()?.map((e) => JSON.stringify(e)).join("\n")), start, 500, start + 400, false, signal);
    expect(track.covered).toBe(start + 400);
    const late = await track.extend(100, signal);
    expect(late.filter((e) => e.type === incremental).map((e) => [e.timestamp - start, (e.data as { type: number }).type])).toEqual([[400.5, 3]]);
    track.grow(start + 900);
    const next = await track.extend(1000, signal);
    expect(next.filter((e) => e.type === incremental).map((e) => e.timestamp - start)).toEqual([900]);
  });

  it("is complete once it reached the end, until the window grows", async () => {
    const track = await Track.open(server().fetch, start + 590_000, 60_000, start + 600_000, false, signal);
    expect(track.complete).toBe(true);
    track.grow(start + 700_000);
    expect(track.complete).toBe(false);
  });

  it("says why it cannot be shown", async () => {
    const answer = (events: RrEvent[]) => async () => new Response(events.map((e) => JSON.stringify(e)).join("\n"));
    await expect(Track.open(answer([]), start, 1, start, false, signal)).rejects.toThrow(Unplayable);
    await expect(Track.open(answer([at(1, fullSnapshot, { node: null })]), start, 1, start, false, signal)).rejects.toThrow(/damaged/);
    await expect(Track.open(answer([at(1)]), start, 1, start, false, signal)).rejects.toThrow(/full snapshot/);
  });
});

describe("a recording with broken events", () => {
  const broken = ["broken", "null", "7", "{}", `{"type":3,"data":null,"timestamp":${start + 500}}`, `{"type":5,"data":null,"timestamp":${start + 500}}`, `{"type":2,"data":{"node":null},"timestamp":${start + 500}}`, `{"type":99,"data":{},"timestamp":${start + 500}}`, `{"type":3,"data":{"source":0},"timestamp":"soon"}`, `{"type":3,"data":{"source":0},"timestamp":1e300}`];

  it("counts them once, and plays the rest", async () => {
    const lines = [page, at(0, fullSnapshot, picture()), at(400)].map((e) => JSON.stringify(e));
    const later = [...broken, ...[at(1000), at(2000)].map((e) => JSON.stringify(e))];
    // Answers begin with the last full snapshot: the second one brings all of it again.
    const answers = [[...lines, ...broken], [...lines, ...broken, ...later.slice(-2)]];
    const track = await Track.open(async () => new Response(answers.shift()?.join("\n")), start, 500, start + 2000, false, signal);
    expect(track.unplayable).toBe(broken.length);
    await track.extend(5000, signal);
    expect(track.unplayable).toBe(broken.length);
    expect(track.events.filter((e) => e.type === incremental).map((e) => e.timestamp - start)).toEqual([400, 1000, 2000]);
  });
});

describe("playable", () => {
  it("starts with the page's size and its picture, at one time", () => {
    const events = playable([at(1), page, at(5, fullSnapshot), at(6)]);
    expect(events.map((e) => [e.type, e.timestamp - start])).toEqual([
      [meta, 5],
      [fullSnapshot, 5],
      [incremental, 6],
    ]);
    expect(events[0]?.data).toMatchObject({ width: 800 });
  });
  it("supposes a size when none was recorded", () => expect(playable([at(5, fullSnapshot)])[0]?.data).toMatchObject({ width: 1280, height: 800 }));
});

describe("readLines", () => {
  it("puts lines together that arrive in pieces, and goes on behind one that is broken", async () => {
    const text = `${JSON.stringify(at(1, 3, { text: "ü😀" }))}\n\nbroken\n{"type":"x"}\nnull\n${JSON.stringify(at(2))}`;
    const bytes = new TextEncoder().encode(text);
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const byte of bytes) controller.enqueue(new Uint8Array([byte]));
        controller.close();
      },
    });
    const lines: unknown[] = [];
    for await (const line of readLines(body)) lines.push(line);
    expect(lines).toEqual([at(1, 3, { text: "ü😀" }), null, { type: "x" }, null, at(2)]);
  });
});
