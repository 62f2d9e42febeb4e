// Plays one window of a recording. It loads pieces around the playhead and drives rrweb's replayer. The page reads its reactive
// state. Times are absolute, Unix ms.
import type { Replayer } from "posthog-js/dist/rrweb";
import { ApiError } from "../../lib/api/error";
import type { Window } from "../../lib/domain";
import { frameStyle } from "./frame";
import { guard } from "./guard";
import type { Hole } from "./holes";
import { quietMedia } from "./media";
import { adaptSheets } from "./sheets";
import { skipTarget, type Interval } from "./skip";
import { Track, Unplayable, type Fetch } from "./track";

/** The first piece is short, so that the picture appears soon. */
const firstMs = 60_000;
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

/** The replayer's script is missing: the server was upgraded since the page was loaded. */
class Outdated extends Error {
  override name = "Outdated";
}

/** How often, and after what time, the script is requested again: behind a load balancer another server may still have it. */
const scriptTries = 5;
const scriptMs = 400;

async function replayerModule() {
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
  /** Periods that are never skipped. */
  busy: () => readonly Interval[];
  /** Whether more of a window may still arrive. */
  live: (window: Window) => boolean;
}

export class Player {
  window: Window = $state.raw() as Window;
  now = $state(0);
  playing = $state(false);
  /** Playing, but waiting for more of the recording. */
  buffering = $state(false);
  /** Playing, and at the end of what has arrived of a recording that continues. */
  waiting = $state(false);
  /** ready: the screen shows the page at now. */
  status: "loading" | "ready" | "failed" = $state("loading");
  problem: Problem | null = $state.raw(null);
  size = $state.raw({ width: 1280, height: 800 });
  loaded: Interval | null = $state.raw(null);
  /** Missing parts of what is loaded. */
  holes: readonly Hole[] = $state.raw([]);
  /** The number of loaded events that could not be played. */
  unplayable = $state(0);
  speed = $state(1);
  skipInactive = $state(true);
  /** The length of the last skip, ms; set for a short time after it. */
  skippedMs = $state(0);

  /** Null while it loads: the replayer then still has the old one. */
  #track: Track | null = null;
  #replayer: Replayer | null = null;
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
  #skipTimer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(
    window: Window,
    t: number,
    private readonly options: Options,
  ) {
    this.window = window;
    this.now = this.#clamp(t);
    // The recording, the replayer and the frame load at the same time. The last of them to arrive starts the build.
    void this.#load(this.now);
    replayerModule().catch(() => undefined); // the build reports the error
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

  seek(t: number): void {
    this.now = this.#clamp(t);
    this.buffering = this.waiting = false;
    if (!this.#track?.holds(this.now)) void this.#load(this.now);
    else this.#cast();
  }

  /** Changes to another window, or extends one that has grown. */
  show(window: Window, t: number): void {
    if (window.id !== this.window.id) {
      this.#track = null;
      this.#noteLoaded();
    }
    this.window = window;
    this.seek(t);
  }

  /** The window has grown: its session is still being recorded. */
  grow(window: Window): void {
    if (window.id !== this.window.id) return;
    this.window = window;
    this.#track?.grow(window.endMs);
  }

  play(): void {
    this.playing = true;
    if (this.now >= this.window.endMs - 50 && !this.options.live(this.window)) this.seek(this.#clamp(this.window.startMs));
    else this.#cast();
    this.#run();
  }

  pause(): void {
    this.#interrupted = false;
    this.playing = false;
    this.buffering = this.waiting = false;
    this.#replayer?.pause();
  }

  toggle(): void {
    if (this.playing) this.pause();
    else this.play();
  }

  setSpeed(speed: number): void {
    this.speed = speed;
    this.#replayer?.setConfig({ speed });
  }

  /** Loads again. The message about the problem stays until there is an answer. */
  retry(): void {
    void this.#load(this.now, this.problem);
  }

  close(): void {
    this.#closed = true;
    this.#loading.abort();
    cancelAnimationFrame(this.#raf);
    clearTimeout(this.#skipTimer);
    this.#drop();
  }

  #clamp(t: number): number {
    return Math.max(this.window.firstSnapshotMs ?? this.window.startMs, Math.min(this.window.endMs, t));
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
      const track = await Track.open(this.options.fetch(this.window.id), t, firstMs, this.window.endMs, this.#remote, abort.signal);
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
    const old = this.#replayer;
    const replayer = new Replayer(track.events as ConstructorParameters<typeof Replayer>[0], {
      root,
      speed: this.speed,
      triggerFocus: false, // the replay must not take the reader's focus
      mouseTail: false,
      showWarning: false,
      seekYieldBudgetMs: 12, // a long rebuild must not freeze the page
      plugins: [quietMedia],
    });
    this.#replayer = replayer;
    this.#built = track;
    this.#failed = 0;
    adaptSheets(replayer);
    guard(replayer, () => {
      if (replayer !== this.#replayer) return;
      this.#failed++;
      this.#noteLoaded();
    });
    replayer.iframe.title = "Recorded page";
    replayer.iframe.tabIndex = -1;
    // The old picture stays until the new one is ready.
    if (old) replayer.wrapper.style.visibility = "hidden";
    replayer.on("resize", (size) => {
      if (replayer === this.#replayer) this.size = size as { width: number; height: number };
    });
    replayer.on("flush", () => {
      if (replayer !== this.#replayer || track !== this.#track) return;
      replayer.wrapper.style.visibility = "";
      old?.destroy();
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

  /** Seeks the replayer to now. Its "flush" event reports when the picture is on the screen. */
  #cast(): void {
    if (!this.#track || this.#built !== this.#track || !this.#replayer) return; // #build calls this at its end
    const offset = this.now - this.#track.from;
    this.status = "loading";
    if (this.playing) this.#replayer.play(offset);
    else this.#replayer.pause(offset);
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
      this.#skip(track);
    }
    void this.#fill();
    if (this.now < track.covered - 1) return;
    const over = track.complete && !this.options.live(this.window);
    this.waiting = track.complete && !over;
    if (!this.buffering) {
      this.buffering = true;
      // Events of the last millisecond may be left. They often are the answer that the person was waiting for.
      this.now = track.covered;
      this.#replayer.pause(track.covered - track.from + 1);
    }
    if (over) this.pause();
  };

  #skip(track: Track): void {
    const at = performance.now();
    if (!this.skipInactive || at - this.#skipLooked < skipEveryMs) return;
    this.#skipLooked = at;
    const target = skipTarget(this.now, track.activity, this.options.busy(), track.complete ? this.window.endMs : track.covered);
    if (target === null) return;
    this.skippedMs = target - this.now;
    clearTimeout(this.#skipTimer);
    this.#skipTimer = setTimeout(() => (this.skippedMs = 0), 1500);
    this.now = target;
    this.#cast();
  }

  /** Loads until enough is ahead of the playhead. */
  async #fill(): Promise<void> {
    const track = this.#track;
    const { signal } = this.#loading;
    if (!track || this.#filling || performance.now() < this.#retryAt) return;
    this.#filling = true;
    try {
      while (!track.complete && track.covered - this.now < aheadMs * Math.max(1, this.speed)) {
        const fresh = await track.extend(nextMs, signal);
        if (signal.aborted || track !== this.#track) return;
        if (track !== this.#built) continue; // the build uses all events of the track
        for (const event of fresh) this.#replayer?.addEvent(event as Parameters<Replayer["addEvent"]>[0]);
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
        detail: `The replayer could not rebuild the page: ${error instanceof Error ? error.message : String(error)}. Another moment may work.`,
        retry: true,
        passing: false,
      };
  }

  #drop(): void {
    this.#replayer?.destroy();
    this.#replayer = null;
    this.#built = null;
  }
}
