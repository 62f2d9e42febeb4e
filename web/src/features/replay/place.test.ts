import { describe, expect, it } from "vitest";
import type { Mark, SessionDetail, Window } from "../../lib/domain";
import { place } from "./place";

const win = (id: string, startMs: number, endMs: number, firstSnapshotMs: number | null = startMs): Window => ({ id, startMs, endMs, firstSnapshotMs, clicks: 0, keypresses: 0 });
const session = (...windowList: Window[]) => ({ windowList }) as unknown as SessionDetail;
const two = session(win("a", 1000, 5000, 1200), win("b", 8000, 9000));

describe("place", () => {
  it("begins with the first window", () => expect(place(two, { t: null })).toMatchObject({ window: { id: "a" }, t: 1200 }));
  it("takes the window that is named, within what it shows", () => expect(place(two, { window: "b", t: 2000 })).toMatchObject({ window: { id: "b" }, t: 8000 }));
  it("finds the window around a time", () => expect(place(two, { t: 8500 })).toMatchObject({ window: { id: "b" }, t: 8500 }));
  it("takes the nearest window between two", () => expect(place(two, { t: 7000 })).toMatchObject({ window: { id: "b" }, t: 8000 }));
  it("goes before a call in the tab that asked", () => {
    const mark = { startMs: 9000, windowId: "b" } as Mark;
    expect(place(two, { t: null, mark })).toMatchObject({ window: { id: "b" }, t: 8000 });
  });
  it("is nowhere without a picture", () => {
    expect(place(session(), { t: 5 })).toBeNull();
    expect(place(session(win("a", 0, 10, null)), { t: 5 })).toBeNull();
  });
});
