import { describe, expect, it } from "vitest";
import type { Seen } from "../../lib/domain";
import { answerInstants, answerNodeAt, explainScore, explainSeen, explainSignal, instants, signalName, signed, sinceAsked } from "./words";

const seen: Seen = {
  state: "seen", reason: null, askedMs: 1000, firstWordsMs: 3000, lastWordsMs: 11_000, stalls: [{ startMs: 5000, endMs: 8000 }], waitS: 2, answerWaitS: 2, waitParts: [], smoothness: 0.9, share: 0.62, shareUncertainty: 0.1, uncertaintyMs: 40, node: 7, windowId: "w",
};
const nothing: Seen = { state: "unknown", reason: "masked", askedMs: null, firstWordsMs: null, lastWordsMs: null, stalls: [], waitS: null, answerWaitS: null, waitParts: [], smoothness: null, share: null, shareUncertainty: null, uncertaintyMs: 0, node: null, windowId: null };
const clock = (ms: number) => `${ms} o'clock`;

describe("what was seen", () => {
  it("is explained with its figures", () =>
    expect(explainSeen(seen).split("\n")).toEqual([
      "All words of the answer were shown in a visible tab.",
      "First words 2.00 s after asking.",
      "62 % ± 10 % of its characters were inside the viewport.",
      "Words were there in time for 90 % of the reading time.",
      "No new words for 3.00 s.",
      "Times ± 40 ms.",
    ]));
  it("says why nobody knows", () => expect(explainSeen(nothing)).toBe("Nobody can say what of it was on the screen.\nThe recorder masked the text."));
  it("names a reason that this page does not know", () => expect(explainSeen({ ...nothing, reason: "eclipse" })).toContain("Reason: eclipse."));
  it("has its times from asking on", () => expect(instants(seen, clock).map((i) => i.text)).toEqual(["1000 o'clock", "+2.00 s", "+10.0 s"]));
  it("has the hour where nobody knows when it was asked", () => expect(instants({ ...nothing, firstWordsMs: 5 }, clock).map((i) => i.text)).toEqual(["–", "5 o'clock", "–"]));
  it("may be before asking, by a clock that is wrong", () => expect(sinceAsked(500, 1000)).toBe("−500 ms"));
});

describe("a reaction", () => {
  const signal = { kind: "copied", atMs: 13_500, weight: 0.5, detail: "Pressed “Copy” beside the answer." };
  it("explains a signal", () => expect(explainSignal(signal, 1000)).toBe("Pressed “Copy” beside the answer.\n12.5 s after asking. Adds +0.50 to the score."));
  it("explains a score", () => expect(explainScore({ score: 0.1, signals: [signal, { ...signal, kind: "left", weight: -0.4 }] })).toBe("The sum of:\n+0.50 copied\n−0.40 left"));
  it("says that a score has bounds", () => expect(explainScore({ score: 1, signals: [signal, { ...signal, kind: "thumbs_up", weight: 0.8 }] })).toContain("The sum is +1.30"));
  it("may be none", () => expect(explainScore({ score: 0, signals: [] })).toMatch(/^Nothing/));
  it("names a kind that this page does not know", () => expect(signalName("waved_hands")).toBe("waved hands"));
  it.each([[0.5, "+0.50"], [-0.4, "−0.40"], [0, "0"], [-0.001, "0"]])("writes %d as %s", (n, text) => expect(signed(n)).toBe(text));
  it("has its instants in order, with those of other answers", () =>
    expect(
      answerInstants([
        { id: "b", windowId: "w", seen, reaction: { score: 0.5, signals: [signal, { ...signal, atMs: 4000, weight: -0.6, detail: "Rage." }] } },
        { id: "a", windowId: null, seen: { ...nothing, askedMs: 2000 }, reaction: null },
        { id: "c", windowId: null, seen: null, reaction: null },
      ]).map((i) => [i.callId, i.atMs, i.text, i.tone]),
    ).toEqual([
      ["b", 1000, "Asked", "time"],
      ["a", 2000, "Asked", "time"],
      ["b", 3000, "First words, 2.00 s after asking", "time"],
      ["b", 4000, "Rage.", "bad"],
      ["b", 11_000, "Last words", "time"],
      ["b", 13_500, "Pressed “Copy” beside the answer.", "good"],
    ]));
});

it("knows which element shows an answer at an instant", () => {
  const calls = [
    { windowId: "w", seen },
    { windowId: "w", seen: { ...seen, firstWordsMs: 20_000, node: 9 } },
    { windowId: "v", seen: { ...seen, node: 11 } },
    { windowId: "w", seen: null },
  ];
  expect([2999, 3000, 19_999, 20_000].map((ms) => answerNodeAt(calls, "w", ms))).toEqual([null, 7, 7, 9]);
});
