import { describe, expect, it } from "vitest";
import { replayCSS } from "./css";
import { FocusState } from "./focus";

const event = (type: number, id: number, timestamp = 0) => ({ timestamp, data: { source: 2, type, id } });

describe("the recorded focus", () => {
  it("is where it was last", () => {
    const state = new FocusState();
    expect(state.read(event(5, 7))).toBe(true);
    expect([state.id, state.pressed]).toEqual([7, false]);
    expect(state.read(event(6, 8))).toBe(false); // another one lost it
    expect(state.id).toBe(7);
    expect(state.read(event(6, 7))).toBe(true);
    expect(state.id).toBeNull();
  });
  it("knows a press from a key", () => {
    const state = new FocusState();
    state.read(event(1, 7, 1000));
    state.read(event(5, 7, 1001));
    expect(state.pressed).toBe(true);
    state.read(event(5, 8, 5000));
    expect(state.pressed).toBe(false);
  });
  it("is not known after a full snapshot, and other events do not move it", () => {
    const state = new FocusState();
    state.read(event(5, 7));
    expect(state.read({ timestamp: 1, data: { source: 0 } })).toBe(false);
    expect(state.read(event(2, 9))).toBe(false);
    expect(state.id).toBe(7);
    state.forget();
    expect(state.id).toBeNull();
  });
});

it("is what style sheets select by", () => {
  expect(replayCSS("a:focus{} b:FOCUS-visible,c:focus-within>i{}")).toBe("a[data-playhead-focus]{} b[data-playhead-focus-visible],c:is([data-playhead-focus],:has([data-playhead-focus]))>i{}");
  for (const same of ["a:focus-ring{}", "a::focus{}", "a:focus\\-x{}", "a{b:focus}", "@media (a:focus){}", "a:first-child{}"]) expect(replayCSS(same)).toBe(same);
});
