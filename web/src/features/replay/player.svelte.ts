// The screen of a playhead: plays one window of a recording. It loads pieces around the playhead and drives rrweb's replayer. Times are
// absolute, Unix ms.
import type { Replayer } from "posthog-js/dist/rrweb";
import { ApiError } from "../../lib/api/error";
import { messageOf } from "../../lib/errors";
import { duration } from "../../lib/format";
import type { Window } from "../../lib/domain";
import type { Kept } from "./assets";
import { focusStyles, showFocus } from "./focus";
import { frameStyle } from "./frame";
import { guard } from "./guard";
import { doubtful, type Hole } from "./holes";
import { quietMedia } from "./media";
import type { Playhead, Screen } from "./playhead.svelte";
import { adaptSheets } from "./sheets";
import { skipTarget, type Interval } from "./skip";
import { firstMs } from "./source";
import { Track, Unplayable, type Fetch } from "./track";

/**
 * Later pieces are as long as the time between full snapshots. Each piece begins at one, so shorter pieces would load the same
 * events repeatedly.
 */
const nextMs = 300_000;
/** The least time loaded ahead of the playhead, at normal speed. */
const aheadMs = 60_000;
/** How often the player checks for inactivity. */
const skipEveryMs = 250;
const retryMs = 3000;
/** Dragging the playhead passes many times that are not loaded: only where it stops is loaded. */
const scrubMs = 120;
/** How much of what was played stays in memory, so that going back a little needs no request. The server has the rest. */
const behindMs = 600_000;
/** How many characters at the end of a page are searched for the words of an answer: chats grow downwards. */
const mostText = 200_000;

/** The replayer's script is missing: the server was upgraded since the page was loaded. */
class Outdated extends Error {
  override name = "Outdated";
}

/** How often, and after what time, the script is requested again: behind a load balancer another server may still have it. */
const scriptTries = 5;
const scriptMs = 400;

export async function replayerModule() {
  for (let tries = 1; ; tries++) {
    try {
      return await import("posthog-js/dist/rrweb");
    } catch (cause) {
      if (tries >= scriptTries) throw new Outdated(String(cause));
      await new Promise((resolve) => setTimeout(resolve, scriptMs));
    }
  }
}

export interface Problem {
  title: string;
  detail: string;
  /** Whether a retry can help. */
  retry: boolean;
  /** The problem may go away by itself. */
  passing: boolean;
  /** Reloading the page helps. */
  reload?: boolean;
}

interface Options {
  /** Fetches the events of a window. */
  fetch: (windowId: string) => Fetch;
  /** Says what is shown in place of what the page loads from other hosts. */
  copies: () => Promise<Kept>;
  /** Periods that are never skipped: AI calls. */
  busy: () => readonly Interval[];
  /** Periods in which the person acts in another tab than this one. */
  acting: (windowId: string) => readonly Interval[];
  /** Periods of a window of which nothing can be shown, each with the reason as a sentence. */
  gaps: (windowId: string) => readonly (Interval & { detail: string })[];
  /** Whether more of a window may still arrive. */
  live: (window: Window) => boolean;
}

export class Player implements Screen {
  /** Playing, but waiting for more of the recording. */
  buffering = $state(false);
  /** Playing, and at the end of what has arrived of a recording that continues. */
  waiting = $state(false);
  /** ready: the screen shows the page at now. */
  status: "loading" | "ready" | "failed" = $state("loading");
  problem: Problem | null = $state.raw(null);
  size = $state.raw({ width: 1280, height: 800 });
  /** A picture is on the screen. */
  shown = $state(false);
  loaded: Interval | null = $state.raw(null);
  /** Missing parts of what is loaded. */
  holes: readonly Hole[] = $state.raw([]);
  /** The number of loaded events that could not be played. */
  unplayable = $state(0);

  /** Null while it loads: the replayer then still has the old one. */
  #track: Track | null = null;
  #replayer: Replayer | null = null;
  /** Replayers whose picture stays until the next one's is ready, and those that never had one because the playhead went on. */
  #replaced: Replayer[] = [];
  /** The track that the replayer was built from. */
  #built: Track | null = null;
  #root: HTMLElement | null = null;
  /** Whether content of other hosts is shown. */
  #remote = false;
  /** The number of events that the replayer could not play. */
  #failed = 0;
  #loading = new AbortController();
  #reading = false;
  #filling = false;
  #retryAt = 0;
  /** It was playing when a temporary problem began. */
  #interrupted = false;
  #raf = 0;
  #skipLooked = 0;
  #closed = false;
  /** The window that the track is of. */
  #windowId: string;
  readonly #detach: () => void;

  /** The playhead must be in a window that can be shown. */
  constructor(
    private readonly playhead: Playhead,
    private readonly options: Options,
  ) {
    this.#windowId = this.window.id;
    this.#detach = playhead.attach(this);
    // The recording and the frame load at the same time, and the replayer's script since the session was asked for. The last of them to arrive starts the build.
    void this.#load(this.now);
  }

  get window(): Window {
    return this.playhead.window as Window;
  }

  get now(): number {
    return this.playhead.now;
  }

  set now(ms: number) {
    this.playhead.tick(ms);
  }

  get playing(): boolean {
    return this.playhead.playing;
  }

  set playing(playing: boolean) {
    this.playhead.playing = playing;
  }

  /** Sets the frame to play in, after its document has loaded or reloaded. remote: its policy allows content of other hosts. */
  attach(frame: HTMLIFrameElement, remote: boolean): void {
    const doc = frame.contentDocument;
    if (!doc) return;
    this.#drop();
    const style = doc.createElement("style");
    style.textContent = frameStyle;
    doc.head.append(style);
    this.#root = doc.body;
    if (remote !== this.#remote) {
      this.#remote = remote;
      void this.#load(this.now);
    } else if (this.#track) this.#build(this.#track).catch((error: unknown) => this.#fail(error));
  }

  show(window: Window, t: number): void {
    if (window.id !== this.#windowId) {
      this.#windowId = window.id;
      this.#track = null;
      this.#noteLoaded();
    }
    this.buffering = this.waiting = false;
    if (!this.#track?.holds(t)) void this.#load(t);
    else this.#cast();
    if (this.playing) this.#run();
  }

  grow(window: Window): void {
    this.#track?.grow(window.endMs);
  }

  play(): void {
    this.playing = true;
    if (this.now >= this.window.endMs - 50 && !this.options.live(this.window)) this.playhead.seek(this.window.startMs, { windowId: this.window.id });
    else this.#cast();
    this.#run();
  }

  pause(): void {
    this.#interrupted = false;
    this.playing = false;
    this.buffering = this.waiting = false;
    this.#replayer?.pause();
  }

  speed(speed: number): void {
    this.#replayer?.setConfig({ speed });
  }

  /** Loads again. The message about the problem stays until there is an answer. */
  retry(): void {
    void this.#load(this.now, this.problem);
  }

  close(): void {
    this.#closed = true;
    this.#detach();
    this.#loading.abort();
    cancelAnimationFrame(this.#raf);
    this.#drop();
  }

  async #load(t: number, problem: Problem | null = null): Promise<void> {
    this.#loading.abort();
    const abort = (this.#loading = new AbortController());
    this.#track = null;
    this.#filling = false;
    this.#replayer?.pause(); // its picture stays until the new one is ready
    this.status = "loading";
    this.problem = problem;
    const scrubbing = this.#reading;
    this.#reading = true;
    try {
      if (scrubbing) await new Promise((resolve) => setTimeout(resolve, scrubMs));
      if (abort.signal.aborted) return;
      const track = await Track.open(this.options.fetch(this.window.id), t, firstMs, this.window.endMs, this.#remote, abort.signal, this.options.copies());
      if (abort.signal.aborted) return;
      this.#track = track;
      this.#failed = 0;
      this.problem = null;
      if (this.#interrupted) this.playing = true;
      this.#interrupted = false;
      this.#noteLoaded();
      await this.#build(track);
    } catch (error) {
      if (!abort.signal.aborted) this.#fail(error);
    } finally {
      if (!abort.signal.aborted) this.#reading = false;
    }
  }

  async #build(track: Track): Promise<void> {
    const { Replayer } = await replayerModule();
    const root = this.#root;
    if (this.#closed || !root || track !== this.#track) return;
    if (this.#replayer) this.#replaced.push(this.#replayer);
    const replayer = new Replayer(track.events as ConstructorParameters<typeof Replayer>[0], {
      root,
      speed: this.playhead.speed,
      triggerFocus: false, // the replay must not take the reader's focus
      insertStyleRules: focusStyles,
      mouseTail: false,
      showWarning: false,
      seekYieldBudgetMs: 12, // a long rebuild must not freeze the page
      plugins: [quietMedia],
    });
    this.#replayer = replayer;
    this.#built = track;
    this.#failed = 0;
    adaptSheets(replayer);
    showFocus(replayer);
    guard(replayer, () => {
      if (replayer !== this.#replayer) return;
      this.#failed++;
      this.#noteLoaded();
    });
    replayer.iframe.title = "Recorded page";
    replayer.iframe.tabIndex = -1;
    replayer.wrapper.style.visibility = "hidden"; // until it is ready: the old picture stays
    replayer.on("resize", (size) => {
      if (replayer === this.#replayer) this.size = size as { width: number; height: number };
    });
    replayer.on("flush", () => {
      if (replayer !== this.#replayer || track !== this.#track) return;
      replayer.wrapper.style.visibility = "";
      this.#dropReplaced();
      this.shown = true;
      this.status = "ready";
    });
    try {
      this.#cast();
    } catch (error) {
      this.#fail(error);
    }
    void this.#fill();
    if (this.playing) this.#run();
  }

  /**
   * Seeks the replayer to now. Its "flush" event reports when the picture is on the screen. The replayer plays what is before a time, so it seeks to
   * the next whole millisecond: what happened at now is shown. When more arrives at the end, it then continues instead of rebuilding the page,
   * which would flash.
   */
  #cast(): void {
    if (!this.#track || this.#built !== this.#track || !this.#replayer) return; // #build calls this at its end
    const offset = this.playhead.ms + 1 - this.#track.from;
    this.status = "loading";
    if (this.playing) this.#replayer.play(offset);
    else this.#replayer.pause(offset);
  }

  /** Where an element of the recorded page is on the screen, in the page's pixels; null when it is not there. */
  boxOf(node: number): { left: number; top: number; width: number; height: number } | null {
    const element = this.#replayer?.getMirror().getNode(node);
    if (!element || !("getBoundingClientRect" in element)) return null;
    const { left, top, width, height } = (element as Element).getBoundingClientRect();
    return width > 0 && height > 0 ? { left, top, width, height } : null;
  }

  /** The text of an element of the recorded page as it is now, or of the whole page when the element is gone: pages may draw an answer again. */
  textOf(node: number | null): string {
    const element = node === null ? null : this.#replayer?.getMirror().getNode(node);
    if (element?.isConnected) return element.textContent ?? "";
    return (this.#replayer?.iframe.contentDocument?.body?.textContent ?? "").slice(-mostText);
  }

  /** The title of the recorded page as it is now; "" when it has none. */
  get title(): string {
    return this.#replayer?.iframe.contentDocument?.title ?? "";
  }

  #run(): void {
    cancelAnimationFrame(this.#raf);
    this.#raf = requestAnimationFrame(this.#tick);
  }

  #tick = (): void => {
    if (!this.playing || this.#closed) return;
    this.#raf = requestAnimationFrame(this.#tick);
    const track = this.#track;
    if (!track || !this.#replayer || this.status !== "ready") return;
    if (!this.buffering) {
      const t = track.from + this.#replayer.getCurrentTime();
      if (t > this.now) this.now = Math.min(t, track.covered);
      if (track !== this.#track) return; // the playhead went to another tab
      this.#skip(track);
    }
    void this.#fill();
    if (track !== this.#track || this.now < track.covered - 1) return;
    const over = track.complete && !this.options.live(this.window);
    this.waiting = track.complete && !over;
    if (!this.buffering) {
      this.buffering = true;
      // Events of the last millisecond may be left. They often are the answer that the person was waiting for.
      this.now = track.covered;
      if (track !== this.#track) return;
      this.#replayer.pause(track.covered - track.from + 1);
    }
    if (over && !this.playhead.goOn()) this.playhead.pause();
  };

  #skip(track: Track): void {
    const at = performance.now();
    if (at - this.#skipLooked < skipEveryMs) return;
    this.#skipLooked = at;
    // After a part that cannot be read, the picture is not right before the next full snapshot.
    const lost = doubtful(this.holes, this.now);
    if (lost?.mendedMs && lost.mendedMs <= track.covered) return this.#leap(lost.mendedMs, "that cannot be read");
    const gap = this.options.gaps(this.#windowId).find((g) => g.startMs <= this.now && this.now < g.endMs && g.endMs <= track.covered);
    if (gap) return this.#leap(track.snapshotAfter(gap.endMs) ?? gap.endMs, `of the recording. ${gap.detail}`);
    if (!this.playhead.skipInactive) return;
    const target = skipTarget(this.now, track.activity, this.options.busy(), track.complete ? this.window.endMs : track.covered, this.playhead.following ? this.options.acting(this.#windowId) : []);
    if (target !== null) this.#leap(target, "of inactivity");
  }

  /** Continues at ms. of: what is skipped. */
  #leap(ms: number, of: string): void {
    this.playhead.say(`Skipped ${duration((ms - this.now) / 1000)} ${of}`);
    this.now = ms;
    this.#cast();
  }

  /** Loads until enough is ahead of the playhead. */
  async #fill(): Promise<void> {
    const track = this.#track;
    const { signal } = this.#loading;
    if (!track || this.#filling || performance.now() < this.#retryAt) return;
    this.#filling = true;
    try {
      while (!track.complete && track.covered - this.now < aheadMs * Math.max(1, this.playhead.speed)) {
        const fresh = await track.extend(nextMs, signal);
        if (signal.aborted || track !== this.#track) return;
        if (track !== this.#built) continue; // the build uses all events of the track
        for (const event of fresh) this.#replayer?.addEvent(event as Parameters<Replayer["addEvent"]>[0]);
        this.#forget(track);
        this.#noteLoaded();
        if (this.buffering) {
          this.buffering = this.waiting = false;
          this.#cast();
        }
      }
    } catch (error) {
      if (signal.aborted) return;
      this.#retryAt = performance.now() + retryMs;
      if (this.buffering) this.#fail(error);
    } finally {
      if (track === this.#track && !signal.aborted) this.#filling = false;
    }
  }

  /** Drops what lies far behind the playhead, here and in the replayer, which keeps every event. */
  #forget(track: Track): void {
    const events = this.#replayer?.service.state.context.events as unknown[] | undefined;
    if (!events || this.now - track.from < 2 * behindMs) return;
    track.forget(this.now - behindMs);
    const from = events.indexOf(track.events[0]);
    if (from > 0) events.splice(0, from);
  }

  #noteLoaded(): void {
    this.loaded = this.#track && { startMs: this.#track.from, endMs: this.#track.covered };
    this.holes = this.#track?.holes ?? [];
    this.unplayable = this.#track ? this.#track.unplayable + this.#failed : 0;
  }

  #fail(error: unknown): void {
    this.#interrupted = (this.#interrupted || this.playing) && error instanceof ApiError && error.passing;
    this.playing = false;
    this.buffering = this.waiting = false;
    this.status = "failed";
    if (error instanceof Unplayable) this.problem = { title: "This part cannot be shown", detail: error.message, retry: false, passing: false };
    else if (error instanceof Outdated)
      this.problem = { title: "Reload the page to watch this", detail: "The player's script could not be loaded. Playhead was probably upgraded after this page was opened.", retry: false, passing: false, reload: true };
    else if (error instanceof ApiError)
      this.problem = { title: "Could not load the recording", detail: error.message, retry: error.failure !== "not_found", passing: error.passing };
    else
      this.problem = {
        title: "This part of the recording is broken",
        detail: `The replayer could not rebuild the page: ${messageOf(error)}. Another moment may work.`,
        retry: true,
        passing: false,
      };
  }

  #dropReplaced(): void {
    for (const old of this.#replaced.splice(0)) old.destroy();
  }

  #drop(): void {
    this.#dropReplaced();
    this.#replayer?.destroy();
    this.#replayer = null;
    this.#built = null;
    this.shown = false;
  }
}
