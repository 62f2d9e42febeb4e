import { describe, expect, it } from "vitest";
import { moved, paged, within, zoomed } from "./zoom";

const hour = 3_600_000;
const whole = { startMs: 0, endMs: 8 * hour };

describe("zooming", () => {
  it("keeps the time under the pointer where it is", () => {
    const shown = zoomed(whole, whole, 4, 2 * hour);
    expect(shown.endMs - shown.startMs).toBe(2 * hour);
    expect((2 * hour - shown.startMs) / (shown.endMs - shown.startMs)).toBeCloseTo(0.25);
  });
  it("ends at the whole and at one second", () => {
    expect(zoomed({ startMs: hour, endMs: 2 * hour }, whole, 0.001, hour)).toEqual(whole);
    const least = zoomed({ startMs: hour, endMs: hour + 1500 }, whole, 100, hour);
    expect(least.endMs - least.startMs).toBe(1000);
  });
  it("stays inside of the whole", () => {
    expect(moved({ startMs: hour, endMs: 2 * hour }, whole, -5 * hour)).toEqual({ startMs: 0, endMs: hour });
    expect(moved({ startMs: hour, endMs: 2 * hour }, whole, 50 * hour)).toEqual({ startMs: 7 * hour, endMs: 8 * hour });
    expect(within({ startMs: 5, endMs: 5 }, { startMs: 5, endMs: 5 })).toEqual({ startMs: 5, endMs: 1005 });
  });
});

describe("paged", () => {
  const shown = { startMs: hour, endMs: 2 * hour };
  it("leaves what shows the playhead as it is", () => expect(paged(shown, whole, 1.5 * hour)).toBe(shown));
  it("goes on when the playhead leaves it, in either direction", () => {
    expect(paged(shown, whole, 2 * hour + 1)).toEqual({ startMs: 2 * hour + 1 - hour * 0.1, endMs: 2 * hour + 1 + hour * 0.9 });
    expect(paged(shown, whole, 0)).toEqual({ startMs: 0, endMs: hour });
  });
  it("does not move for ever where the playhead is outside of the whole", () => {
    const end = { startMs: 7 * hour, endMs: 8 * hour };
    expect(paged(end, whole, 9 * hour)).toBe(end);
  });
});
