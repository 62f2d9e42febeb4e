import { describe, expect, it } from "vitest";
import type { SessionDetail, SessionGeneration } from "../../lib/domain";
import { factsOf, inspectorRows, matching, matchingFacts, matchingPages, tracesAround, type Where } from "./inspector";
import type { ActivityRow } from "./sessionTimeline";

const row = (atMs: number, kind: ActivityRow["kind"], label: string, more: Partial<ActivityRow> = {}): ActivityRow => ({ id: `${atMs}`, atMs, endMs: null, windowId: "w", kind, label, detail: "", page: null, node: null, status: null, traceId: null, firstByteMs: null, generationId: null, ...more });
const generation = { id: "g", kind: "generation", startMs: 1000, endMs: 5000, firstTokenS: 1, latencyS: 4, windowId: "w", model: "gpt-5", name: null, inputPreview: "Where is\n my order?", outputPreview: "On its way.", isError: false, error: null } as unknown as SessionGeneration;
const rows = inspectorRows([row(500, "click", "Send"), row(1500, "request", "GET /orders", { status: 503, detail: "api.example · 200 ms" }), row(1600, "console", "oh no", { detail: "error" }), row(6000, "copy", "")], [generation, { ...generation, id: "e", kind: "embedding" } as SessionGeneration]);

describe("the inspector", () => {
  it("has what was asked and answered among what happened, when it appeared", () => {
    expect(rows.map((r) => [r.atMs, r.kind, r.text])).toEqual([
      [500, "click", "Send"],
      [1000, "question", "Where is my order?"],
      [1500, "request", "GET /orders"],
      [1600, "console", "oh no"],
      [2000, "answer", "On its way."],
      [6000, "copy", "Copy"],
    ]);
    expect(rows.filter((r) => r.bad).map((r) => r.kind)).toEqual(["request", "console"]);
    expect(rows[2]?.detail).toBe("503 · api.example · 200 ms");
  });
  it.each([
    ["ai", "", ["question", "answer"]],
    ["activity", "", ["click", "copy"]],
    ["network", "", ["request"]],
    ["console", "", ["console"]],
    ["all", "order", ["question", "request"]],
    ["all", "503 orders", ["request"]],
    ["ai", "asked", ["question"]],
    ["all", "nothing like it", []],
  ] as const)("%s with “%s”", (tab, q, found) => expect(matching(rows, tab, q).map((r) => r.kind)).toEqual(found));
});

describe("the facts at the playhead", () => {
  const session = {
    startUrl: "https://shop.example/", durationS: 65, clicks: 1, keypresses: 2, aiCalls: 3, person: { id: "u1", name: "Ada", email: null },
    surroundings: { browser: "Firefox", os: "Linux", device: "Desktop", screen: "1920x1080", country: "DE", library: "web/1.2", release: "v7", env: "production", recording: "active" },
  } as unknown as SessionDetail;
  const nowhere: Where = { atMs: 0, url: null, title: "", tab: null, size: null };
  const texts = (of: SessionDetail, where = nowhere) => Object.fromEntries(factsOf(of, where).map((f) => [f.name, f.text]));
  it("are those of the page, the device and the program", () => {
    expect(texts(session, { ...nowhere, url: "https://shop.example/cart", title: "Your cart", size: { width: 1280, height: 720 } })).toMatchObject({
      Page: "https://shop.example/cart", Title: "Your cart", Viewport: "1,280 × 720", Browser: "Firefox", System: "Linux", Device: "Desktop", Screen: "1920 × 1080",
      Country: "DE", Release: "v7", Environment: "production", Library: "web/1.2", "Recorder, as last reported": "active", Person: "Ada u1",
    });
  });
  it("leave out what is not known", () => expect(Object.keys(texts({ ...session, person: null, surroundings: null }))).toEqual(["Page", "Tab", "Time there", "Session"]));
  it("can be searched, with the pages", () => {
    const found = (q: string) => matchingFacts(factsOf(session, nowhere), q).map((f) => f.name);
    expect(found("firefox")).toEqual(["Browser"]);
    expect(found("screen 1080")).toEqual(["Screen"]);
    expect(found("nothing like it")).toEqual([]);
    expect(matchingPages([{ url: "https://shop.example/Cart" }, { url: "https://shop.example/" }], "shop cart")).toEqual([{ url: "https://shop.example/Cart" }]);
  });
});

describe("the traces around an activity", () => {
  const calls = [
    { traceId: "a", startMs: 1000, endMs: 5000 },
    { traceId: "a", startMs: 6000, endMs: 7000 },
    { traceId: "b", startMs: 50_000, endMs: 52_000 },
    { traceId: "c", startMs: 900_000, endMs: 901_000 },
  ];
  it.each([
    [{ atMs: 30_000, traceId: null }, ["b", "a"]],
    [{ atMs: 600_000, traceId: null }, ["c"]],
    [{ atMs: 30_000, traceId: "own" }, ["own"]],
  ])("of %o are %j", (row, want) => expect(tracesAround(row, calls)).toEqual(want));
  it("are none without calls", () => expect(tracesAround({ atMs: 1, traceId: null }, [])).toEqual([]));
});
