import { describe, expect, it } from "vitest";
import type { Linked, SessionDetail, SessionGeneration, Window } from "../../lib/domain";
import { momentOf, startOf } from "./start";

const win = (id: string, startMs: number, endMs: number, firstSnapshotMs: number | null = startMs): Window => ({ id, startMs, endMs, firstSnapshotMs, clicks: 0, keypresses: 0 });
const session = (...windowList: Window[]) => ({ windowList }) as unknown as SessionDetail;
const two = session(win("a", 1000, 5000, 1200), win("b", 8000, 9000));

describe("startOf", () => {
  it("begins with the first window", () => expect(startOf(two, { t: null })).toMatchObject({ window: { id: "a" }, t: 1200 }));
  it("takes the window that is named, within what it shows", () => expect(startOf(two, { window: "b", t: 2000 })).toMatchObject({ window: { id: "b" }, t: 8000 }));
  it("finds the window around a time", () => expect(startOf(two, { t: 8500 })).toMatchObject({ window: { id: "b" }, t: 8500 }));
  it("takes the nearest window between two", () => expect(startOf(two, { t: 7000 })).toMatchObject({ window: { id: "b" }, t: 8000 }));
  it("goes before a call in the tab that asked", () => {
    const generation = { startMs: 9000, windowId: "b" } as SessionGeneration;
    expect(startOf(two, { t: null, generation })).toMatchObject({ window: { id: "b" }, t: 8000 });
  });
  it("is nowhere without a picture", () => {
    expect(startOf(session(), { t: 5 })).toBeNull();
    expect(startOf(session(win("a", 0, 10, null)), { t: 5 })).toBeNull();
  });
});

describe("momentOf", () => {
  const link = { windowId: "a", momentMs: 1500.5 } as Linked;
  it("takes what the address names before the link", () => expect(momentOf({ window: "b", t: 8000 }, link)).toEqual({ windowId: "b", t: 8000 }));
  it("takes the rest from the link", () => expect(momentOf({ t: null }, link)).toEqual({ windowId: "a", t: 1500.5 }));
  it("is unknown without a window or a time", () => {
    expect(momentOf({ window: "b", t: null })).toBeNull();
    expect(momentOf({ t: 5 }, { ...link, windowId: null })).toBeNull();
  });
});
