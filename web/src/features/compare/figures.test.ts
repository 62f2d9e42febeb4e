import { expect, it } from "vitest";
import type { Call, Content } from "../../lib/domain";
import { changed, figures } from "./figures";

const tokens = { input: 100, output: 10, total: null, cacheRead: null, cacheWrite: null, reasoning: null, cacheWrite1h: null, audioInput: null, audioOutput: null, imageInput: null, imageOutput: null };
const one = (call: Partial<Call>, content: Partial<Content> = {}) => ({
  call: { model: "gpt-5", provider: null, serviceTier: null, stopReason: "stop", latencyS: 2, firstTokenS: null, tokensPerS: 5, costUsd: 0.01, costState: "given", costDetail: [], isError: false, stopped: false, library: null, tokens, ...call } as unknown as Call,
  content: { parameters: null, toolDefinitions: [], output: [], ...content } as unknown as Content,
});

it("names what differs, and by how much", () => {
  const rows = figures(one({}, { parameters: { temperature: 0.2, stop: ["x"] } }), one({ model: "gpt-5-mini", latencyS: 1, stopped: true, costUsd: null, costState: "unpriced" }, { parameters: { temperature: 0.7 } }));
  const of = (name: string) => rows.find((r) => r.name === name);
  expect(of("Model")).toMatchObject({ a: "gpt-5", b: "gpt-5-mini", same: false });
  expect(of("State")).toMatchObject({ a: "complete", b: "stopped", same: false });
  expect(of("Latency")).toMatchObject({ a: "2.00 s", b: "1.00 s", change: "−50 %" });
  expect(of("Cost")).toMatchObject({ a: "$0.01", b: "–", change: "" });
  expect(of("temperature")).toMatchObject({ a: "0.2", b: "0.7", same: false });
  expect(of("stop")).toMatchObject({ a: '["x"]', b: "–" });
  expect(of("Stop reason")).toMatchObject({ same: true });
  expect(of("First token")).toBeUndefined(); // neither says it
});

it("writes a change as a share", () => {
  expect([changed(100, 112), changed(4, 1), changed(3, 3), changed(0, 5)]).toEqual(["+12 %", "−75 %", "", "new"]);
});
