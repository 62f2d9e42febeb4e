// The one playhead of a page. It owns the time, the tab, the selection and whether it plays. The span tree, messages, activity, the timeline and
// the screen read it, and all of them move it with seek. Times are absolute, Unix ms.
import type { Window } from "../../lib/domain";
import { tabAfter, tabAt } from "./follow";
import type { TimelineWindow } from "./sessionTimeline";

/** What shows the recording at the playhead. */
export interface Screen {
  /** Shows a tab at a time, or loads it. */
  show(window: Window, t: number): void;
  /** The tab has grown: its session is still being recorded. */
  grow(window: Window): void;
  play(): void;
  pause(): void;
  speed(speed: number): void;
}

export interface To {
  /** The tab in which it happened. */
  windowId?: string | null;
  /** What is selected there: a node of the span tree or an AI call. */
  selected?: string | null;
}

/** After the last seek, ms, the position is written to the address. */
const settleMs = 150;
/** The address follows a playing playhead this often, ms: browsers refuse an address that changes all the time. */
const addressMs = 5000;
/** Lists follow a playing playhead this often, ms. */
const listMs = 200;
const noticeMs = 3000;

export class Playhead {
  /** 0 until a session is known. */
  now = $state(0);
  /** The same as now, but updated only as often as lists can follow. */
  listNow = $state(0);
  /** The tab on the screen; null while no tab can be shown. */
  window: Window | null = $state.raw(null);
  selected: string | null = $state(null);
  playing = $state(false);
  speed = $state(1);
  skipInactive = $state(true);
  /** Whether the tab in which the person acts is shown. Otherwise the tab that the reader has chosen stays. */
  following = $state(true);
  /** How often a reader has moved it. Lists then scroll to it again. */
  moves = $state(0);
  /** What it did by itself, for a short time after it. */
  notice = $state("");

  /** Called when the position should be written to the address. */
  onsettle: (() => void) | null = null;

  #windows: readonly Window[] = [];
  #tabs: readonly TimelineWindow[] = [];
  #screen: Screen | null = null;
  #told: { t: number; windowId: string | null } | null = null;
  #listAt = 0;
  #settledAt = 0;
  #settle: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;

  /** The tabs that can be shown, and when the person acted in each. Called again when the session has grown. */
  know(windows: readonly Window[], tabs: readonly TimelineWindow[]): void {
    this.#windows = windows.filter((w) => w.firstSnapshotMs !== null);
    this.#tabs = tabs.filter((t) => this.#windows.some((w) => w.id === t.id));
    const shown = this.#windows.find((w) => w.id === this.window?.id) ?? null;
    if (shown === this.window) return;
    this.window = shown;
    if (shown) this.#screen?.grow(shown);
  }

  /** The screen shows the playhead until the returned function is called. */
  attach(screen: Screen): () => void {
    this.#screen = screen;
    return () => {
      if (this.#screen === screen) this.#screen = null;
    };
  }

  /** Goes to a time in an address. An address that the playhead wrote itself does not move it. */
  read(t: number, windowId: string | null): void {
    if (this.#told && this.#told.t === t && this.#told.windowId === windowId) return;
    this.#told = { t, windowId };
    this.#move(t, windowId);
  }

  /** A reader goes to a time. Without a tab, the one in which the person acted is shown. */
  seek(ms: number, { windowId = null, selected }: To = {}): void {
    if (selected !== undefined) this.selected = selected;
    this.#move(ms, windowId);
    clearTimeout(this.#settle);
    this.#settle = setTimeout(() => this.settle(), settleMs);
  }

  /** A reader chooses a tab: it stays. */
  pin(windowId: string, ms = this.now): void {
    this.following = false;
    this.seek(ms, { windowId });
  }

  /** The tab in which the person acts is shown again. */
  follow(): void {
    this.following = true;
    this.seek(this.now);
  }

  play(): void {
    this.playing = true;
    this.#screen?.play();
    this.settle();
  }

  pause(): void {
    this.playing = false;
    this.#screen?.pause();
    this.settle();
  }

  toggle(): void {
    if (this.playing) this.pause();
    else this.play();
  }

  setSpeed(speed: number): void {
    this.speed = speed;
    this.#screen?.speed(speed);
  }

  /** The screen has played up to ms. */
  tick(ms: number): void {
    this.now = ms;
    const at = performance.now();
    if (at - this.#listAt >= listMs) {
      this.#listAt = at;
      this.listNow = ms;
      this.#followTab();
    }
    if (at - this.#settledAt >= addressMs) this.settle();
  }

  /** The tab on the screen has ended. Goes on in another tab; false where there is none. */
  goOn(): boolean {
    const shown = this.window;
    const next = shown && this.following ? tabAfter(this.#tabs, this.now, shown.id) : null;
    const window = next && this.#windows.find((w) => w.id === next.id);
    if (!next || !window) return false;
    this.#switch(window, next.atMs);
    return true;
  }

  /**
   * now without the fraction of a millisecond. Recordings have no smaller unit, so everything in this millisecond is on the screen, and an address
   * with it shows the same.
   */
  get ms(): number {
    return Math.floor(this.now);
  }

  /** The number of a tab, as people see it, from 1. */
  tabNumber(windowId: string | null): number {
    return this.#windows.findIndex((w) => w.id === windowId) + 1;
  }

  say(notice: string): void {
    this.notice = notice;
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => (this.notice = ""), noticeMs);
  }

  /** Writes the position to the address now. */
  settle(): void {
    clearTimeout(this.#settle);
    this.#settledAt = performance.now();
    if (this.now === 0) return;
    this.#told = { t: this.ms, windowId: this.window?.id ?? null };
    this.onsettle?.();
  }

  close(): void {
    clearTimeout(this.#settle);
    clearTimeout(this.#silence);
    this.onsettle = null;
  }

  #move(ms: number, windowId: string | null): void {
    const window = this.#windowAt(ms, windowId);
    this.now = this.listNow = window ? Math.max(window.firstSnapshotMs ?? window.startMs, Math.min(window.endMs, ms)) : ms;
    this.moves++;
    if (!window) return;
    this.window = window;
    this.#screen?.show(window, this.now);
  }

  /** The named tab, else the one in which the person acted, else the one that is shown, else the nearest. */
  #windowAt(ms: number, windowId: string | null): Window | null {
    const named = this.#windows.find((w) => w.id === windowId);
    if (named) return named;
    if (!this.following && this.window) return this.window;
    const id = tabAt(this.#tabs, ms, this.window?.id ?? null);
    const distance = (w: Window) => Math.max((w.firstSnapshotMs ?? w.startMs) - ms, ms - w.endMs, 0);
    return this.#windows.find((w) => w.id === id && distance(w) === 0) ?? this.#windows.toSorted((a, b) => distance(a) - distance(b))[0] ?? null;
  }

  #followTab(): void {
    if (!this.following || !this.window) return;
    const id = tabAt(this.#tabs, this.now, this.window.id);
    if (id === null || id === this.window.id) return;
    const window = this.#windows.find((w) => w.id === id);
    if (window && (window.firstSnapshotMs ?? Infinity) <= this.now) this.#switch(window, this.now);
  }

  #switch(window: Window, ms: number): void {
    this.window = window;
    this.now = this.listNow = Math.max(window.firstSnapshotMs ?? window.startMs, Math.min(window.endMs, ms));
    this.say(`Now in tab ${this.tabNumber(window.id)}: the person went there`);
    this.#screen?.show(window, this.now);
  }
}
