import { describe, expect, it } from "vitest";
import type { Feedback, Link, Node } from "../../lib/domain";
import { isBeginning, nodeIn, replayOf, targets, told } from "./opinions";

const node = (id: string, kind: Node["kind"], spanId: string | null) => ({ id, kind, spanId }) as Node;
const said = (id: string, about: string | null) => ({ id, about, kind: "evaluation", name: "polite", value: "true" }) as Feedback;
const nodes = [node("root", "trace", "t"), node("step", "span", "s"), node("call", "generation", "g"), node("again", "generation", "g")];

describe("what feedback is about", () => {
  const found = (feedback: Feedback[]) => [...targets(feedback, nodes).of].map(([id, all]) => [id, ...all.map((f) => f.id)]);
  it("is a generation or a span, by its event's id or its span's", () => {
    expect(found([said("a", "call"), said("b", "s"), said("c", "call")])).toEqual([["call", "a", "c"], ["step", "b"]]);
    expect(targets([said("a", "s")], nodes).nodeOf.get("a")?.id).toBe("step");
  });
  it("is the first of several nodes with the same span id, and the named one by its event's", () => {
    expect(found([said("a", "g"), said("b", "again")])).toEqual([["call", "a"], ["again", "b"]]);
  });
  it("is the whole trace without a target, for the trace itself, and for a node that is not there", () => {
    expect(found([said("a", null), said("b", "t"), said("c", "root"), said("d", "lost")])).toEqual([]);
  });
});

describe("an entry", () => {
  it("is told on one line", () => {
    expect(told(said("a", null))).toBe("polite: true");
    expect(told({ kind: "feedback", name: null, value: "" })).toBe("Feedback: (empty)");
  });
  it("has more to read where its explanation was cut", () => {
    expect(isBeginning("e".repeat(239) + "…")).toBe(true);
    expect(isBeginning("😀".repeat(239) + "…")).toBe(true);
    expect(isBeginning("It goes on…")).toBe(false);
    expect(isBeginning("e".repeat(240))).toBe(false);
  });
  it("opens its trace at the node that it is about", () => {
    expect(nodeIn({ traceId: "t", about: "g" })).toBe("g");
    expect(nodeIn({ traceId: "t", about: "t" })).toBeUndefined();
    expect(nodeIn({ traceId: "t", about: null })).toBeUndefined();
  });
});

describe("the replay of an entry", () => {
  const linked = { state: "linked", sessionId: "s", windowId: "w", momentMs: 5000 } as Link;
  it("begins when a person gave it", () => {
    expect(replayOf({ traceId: "t", about: "g", sessionId: "s", link: linked })).toEqual({ node: "g", replay: 1, t: 5000, window: "w", play: 1 });
  });
  it("begins at what a judge's is about, whenever the judge decided", () => {
    expect(replayOf({ traceId: "t", about: "g", sessionId: null, link: linked })).toEqual({ node: "g", replay: 1, play: 1 });
  });
});
