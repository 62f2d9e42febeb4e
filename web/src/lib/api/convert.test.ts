import { describe, expect, it } from "vitest";
import { bars, content, countsAt, experience, link, message, provider, status, type Wire } from "./convert";

const none: Wire["Link"] = {
  state: "none",
  method: null,
  reason: "no_session_id",
  detail: "why",
  session_id: null,
  window_id: null,
  confidence: null,
  candidates: [],
  clock_offset_ms: null,
  clock_uncertainty_ms: null,
  moment_ms: null,
  moment_from: null,
  moment_uncertainty_ms: null,
  start_ms: null,
  clamped: null,
  url: null,
};

describe("link", () => {
  it("is linked only with a session and a moment", () => {
    expect(link({ ...none, state: "linked", session_id: "s", moment_ms: 5 })).toMatchObject({ state: "linked", sessionId: "s", momentMs: 5, url: "/sessions/s?t=5" });
    expect(link({ ...none, state: "linked", session_id: "s", moment_ms: 5, moment_from: "asked", moment_uncertainty_ms: 50, clock_uncertainty_ms: 400 })).toMatchObject({ momentFrom: "asked", momentUncertaintyMs: 50 });
    expect(link({ ...none, state: "linked", session_id: "s" })).toMatchObject({ state: "none", sessionId: "s" });
  });
  it("keeps the reason", () => expect(link(none)).toEqual({ state: "none", reason: "no_session_id", detail: "why", sessionId: null, candidates: [] }));
});

describe("rows of groups", () => {
  const openai: Wire["Provider"] = { provider: "openai", models: 2, calls: 3, cost_usd: null, unpriced: 3, input_tokens: 30, output_tokens: 6, errors: 1, error_rate: 0.25, first_ms: 1, last_ms: 2, linked: null, q: "provider:openai" };
  it("lead to the moment of their latest linked trace, by the browser's clock", () => {
    const linked = { trace_id: "t", link: { ...none, state: "linked" as const, session_id: "s", window_id: "w", moment_ms: 5, clock_offset_ms: 3000 } };
    expect(provider({ ...openai, linked }).linked).toMatchObject({ traceId: "t", link: { state: "linked", momentMs: 5, windowId: "w" } });
  });
  it("may have none", () => expect(provider(openai)).toMatchObject({ id: "openai", calls: 3, costUsd: null, linked: null }));
});

describe("experience", () => {
  const seen = { state: "partly", reason: null, asked_ms: 5, first_words_ms: null, last_words_ms: null, stalls: null, perceived_wait_s: null, answer_wait_s: null, smoothness: 0, share: 0, uncertainty_ms: null, node: null, window_id: null } as const;
  it("is unknown where the server says nothing", () => expect(experience({})).toEqual({ seen: null, reaction: null }));
  it("keeps what is not known, and a share of nothing", () => {
    expect(experience({ seen, reaction: { score: -0.4, signals: null } } as unknown as Wire["Generation"])).toEqual({
      seen: { state: "partly", reason: null, askedMs: 5, firstWordsMs: null, lastWordsMs: null, stalls: [], waitS: null, answerWaitS: null, waitParts: [], smoothness: 0, share: 0, shareUncertainty: null, uncertaintyMs: 0, node: null, windowId: null },
      reaction: { score: -0.4, signals: [] },
    });
  });
});

describe("content", () => {
  it("keeps parts of types it does not know as JSON", () => {
    const parts = [{ type: "hologram", raw: { x: 1 } }, { type: "smell" }] as unknown as Wire["Part"][];
    const got = content({
      input: [{ role: "user", parts }],
      input_last: [],
      output: [],
      private: false,
      tools: null,
      raw_input: null,
      raw_output: null,
      properties: null,
    } as unknown as Wire["Content"]);
    expect(got.input[0]?.parts).toMatchObject([
      { type: "json", raw: { x: 1 } },
      { type: "json", raw: { type: "smell" } },
    ]);
  });
});

describe("parts", () => {
  it("keep what was found, what failed, and where media lie", () => {
    const parts = [
      { type: "search", text: "weather", sources: [{ url: "https://example.com", title: "Weather" }] },
      { type: "tool_result", id: "t", text: "no", failed: true },
      { type: "thinking", redacted: true },
      { type: "image", media: { url: "/api/generations/x/media?of=input&at=5", bytes: 7 } },
    ] as unknown as Wire["Part"][];
    expect(message({ role: "assistant", parts } as unknown as Wire["Message"]).parts).toMatchObject([
      { type: "search", text: "weather", sources: [{ url: "https://example.com", title: "Weather", text: "" }] },
      { type: "tool_result", failed: true },
      { type: "thinking", text: "", redacted: true },
      { type: "image", media: { url: "/api/generations/x/media?of=input&at=5", bytes: 7, mime: "" } },
    ]);
  });
});

describe("status", () => {
  const empty = { refusals: [], nodes: [], warnings: [], turned_away: [], wrong_tokens: [], rejected_requests: [], assets: [], demo: null } as unknown as Wire["Status"];
  it("keeps why and how often something was turned away", () => {
    expect(status({ ...empty, turned_away: [{ reason: "busy", count: 3 }] }).turnedAway).toEqual([{ reason: "busy", count: 3 }]);
  });
  it("keeps where rejected requests went, and who sent them", () => {
    const sent = { route: "/v1/trace", status: 404, reason: "no_route", detail: "did you mean /v1/traces?", library: "otel/1", requests: 3, first_ms: 1, last_ms: 2 };
    expect(status({ ...empty, rejected_requests: [sent] }).rejectedRequests).toEqual([
      { route: "/v1/trace", status: 404, reason: "no_route", detail: "did you mean /v1/traces?", library: "otel/1", requests: 3, firstMs: 1, lastMs: 2 },
    ]);
  });
});

describe("bars", () => {
  const column = (name: string): Wire["Column"] => ({ name, type: "number", unit: "" });
  it("follow each other; the last is as long as a step of time", () => {
    const wire = { columns: [column("time(3h)"), column("count"), column("rate(error)")], rows: [[0, 4, 0.25], [10_800_000, 0, null]], truncated: false };
    expect(bars(wire, (row) => Number(row[1]) * Number(row[2]))).toEqual([
      { fromMs: 0, toMs: 10_800_000, count: 4, failed: 1, good: 0 },
      { fromMs: 10_800_000, toMs: 21_600_000, count: 0, failed: 0, good: 0 },
    ]);
  });
  it("have the counts of other rows in the same buckets, which need not be in the same order or all there", () => {
    const all = bars({ columns: [column("time(1d)"), column("count")], rows: [[0, 4], [86_400_000, 2]], truncated: false }, () => 0);
    const bad = countsAt({ columns: [column("time(1d)"), column("count")], rows: [[86_400_000, 1]], truncated: false });
    expect(all.map(bad)).toEqual([0, 1]);
  });
});
