import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Window } from "../../lib/domain";
import { Playhead, type Screen } from "./playhead.svelte";
import type { TimelineWindow } from "./sessionTimeline";

const win = (id: string, startMs: number, endMs: number, firstSnapshotMs: number | null = startMs): Window => ({ id, startMs, endMs, firstSnapshotMs, clicks: 0, keypresses: 0 });
const tab = (id: string, startMs: number, endMs: number, ...active: [number, number][]): TimelineWindow => ({ id, startMs, endMs, width: 0, height: 0, ranges: [], active: active.map(([a, b]) => ({ startMs: a, endMs: b })) });

function setUp() {
  const shown: string[] = [];
  const screen: Screen = {
    show: (window, t) => shown.push(`${window.id} ${t}`),
    grow: (window) => shown.push(`grow ${window.id} ${window.endMs}`),
    play: () => shown.push("play"),
    pause: () => shown.push("pause"),
    speed: (speed) => shown.push(`speed ${speed}`),
  };
  const playhead = new Playhead();
  playhead.know([win("a", 1000, 9000), win("b", 3000, 20_000, 3500), win("x", 0, 50_000, null)], [tab("a", 1000, 9000, [1000, 2000], [6000, 7000]), tab("b", 3000, 20_000, [4000, 5000])]);
  playhead.attach(screen);
  const settled: string[] = [];
  playhead.onsettle = () => settled.push(`${playhead.window?.id} ${playhead.ms}`);
  return { playhead, shown, settled };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("a seek", () => {
  it("moves the screen to the tab in which the person acted", () => {
    const { playhead, shown } = setUp();
    playhead.seek(1500);
    playhead.seek(4500);
    playhead.seek(5500); // the person acts in none: the tab stays
    playhead.seek(6500);
    expect(shown).toEqual(["a 1500", "b 4500", "b 5500", "a 6500"]);
    expect(playhead.moves).toBe(4);
  });
  it("goes to the named tab, within what can be shown of it, and selects", () => {
    const { playhead, shown } = setUp();
    playhead.seek(100, { windowId: "b", selected: "span" });
    expect(shown).toEqual(["b 3500"]);
    expect([playhead.now, playhead.selected]).toEqual([3500, "span"]);
    playhead.seek(60_000, { windowId: "x" }); // cannot be shown
    expect(shown.at(-1)).toBe("b 20000");
    expect(playhead.selected).toBe("span");
  });
  it("stays in a tab that is pinned, until it follows again", () => {
    const { playhead, shown } = setUp();
    playhead.pin("b", 4500);
    playhead.seek(6500);
    playhead.follow();
    expect(shown).toEqual(["b 4500", "b 6500", "a 6500"]);
  });
  it("is written to the address once, when it is over", () => {
    const { playhead, settled } = setUp();
    for (let ms = 1000; ms < 1500; ms += 100) playhead.seek(ms);
    expect(settled).toEqual([]);
    vi.advanceTimersByTime(1000);
    expect(settled).toEqual(["a 1400"]);
  });
  it("stands in a whole millisecond, the one whose events are on the screen", () => {
    const { playhead, settled } = setUp();
    playhead.seek(1400.7);
    expect(playhead.ms).toBe(1400);
    vi.advanceTimersByTime(1000);
    expect(settled).toEqual(["a 1400"]);
  });
  it("works without a recording", () => {
    const playhead = new Playhead();
    playhead.seek(5000, { selected: "call" });
    expect([playhead.now, playhead.window, playhead.selected]).toEqual([5000, null, "call"]);
  });
});

describe("an address", () => {
  it("moves it, but not the one that it wrote itself", () => {
    const { playhead, shown } = setUp();
    playhead.read(1500, "a");
    playhead.read(1500, "a");
    playhead.seek(2500.4);
    vi.advanceTimersByTime(1000);
    playhead.read(2500, "a");
    expect(shown).toEqual(["a 1500", "a 2500.4"]);
    playhead.read(1500, "a");
    expect(shown.at(-1)).toBe("a 1500");
  });
});

describe("playing", () => {
  it("switches to the tab in which the person acts, and says so", () => {
    const { playhead, shown } = setUp();
    playhead.seek(1500);
    playhead.play();
    vi.advanceTimersByTime(1000);
    playhead.tick(4200);
    expect(shown).toEqual(["a 1500", "play", "b 4200"]);
    expect(playhead.notice).toMatch(/tab 2/);
    vi.advanceTimersByTime(5000);
    expect(playhead.notice).toBe("");
  });
  it("stays in a pinned tab", () => {
    const { playhead, shown } = setUp();
    playhead.pin("a", 1500);
    vi.advanceTimersByTime(1000);
    playhead.tick(4200);
    expect(shown).toEqual(["a 1500"]);
    expect(playhead.goOn()).toBe(false);
  });
  it("goes on in another tab when one ends", () => {
    const { playhead, shown } = setUp();
    playhead.seek(9000, { windowId: "a" });
    expect(playhead.goOn()).toBe(true);
    expect(shown.at(-1)).toBe("b 9000");
    playhead.seek(20_000);
    expect(playhead.goOn()).toBe(false);
  });
  it("does not write an address more often than every five seconds, and lists follow five times a second", () => {
    const { playhead, settled } = setUp();
    playhead.seek(1000);
    playhead.play();
    settled.length = 0;
    let lists = 0;
    let before = playhead.listNow;
    for (let ms = 1000; ms < 9000; ms += 16) {
      vi.advanceTimersByTime(16);
      playhead.following = false;
      playhead.tick(ms);
      if (playhead.listNow !== before) lists++;
      before = playhead.listNow;
    }
    expect(settled.length).toBeLessThanOrEqual(2);
    expect(lists).toBeLessThanOrEqual(8 * 5 + 1);
    expect(lists).toBeGreaterThan(30);
  });
});

describe("a session that grows", () => {
  it("hands the longer tab to the screen", () => {
    const { playhead, shown } = setUp();
    playhead.seek(1500);
    playhead.know([win("a", 1000, 12_000)], [tab("a", 1000, 12_000)]);
    expect(shown).toEqual(["a 1500", "grow a 12000"]);
    expect(playhead.window?.endMs).toBe(12_000);
  });
});
