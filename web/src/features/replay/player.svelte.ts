// Playing one window of a recording. Loads it in pieces around the playhead and drives rrweb's replayer; what the page
// shows of it is reactive state. Times are absolute, Unix ms.
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

/** The first piece is short, so that the picture is there soon. */
const firstMs = 60_000;
/**
 * Later pieces are as long as recorders take between full snapshots: each begins at one, so shorter pieces would read
 * the same events again and again.
 */
const nextMs = 300_000;
/** How much shall lie ahead of the playhead at least, at normal speed. */
const aheadMs = 60_000;
/** How often inactivity is looked for while playing. */
const skipEveryMs = 250;
const retryMs = 3000;
/** Whoever drags the playhead through what is not loaded passes many places: only where it rests is read. */
const scrubMs = 120;

/** The replayer's script is not there: the server was upgraded since the page was loaded. */
class Outdated extends Error {
  override name = "Outdated";
}

/** How often, and after what time, the script is asked for again: behind a load balancer other nodes may still have it. */
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
  /** Whether asking again can help. */
  retry: boolean;
  /** It may pass, without anybody doing something here. */
  passing: boolean;
  /** Loading the whole page again helps. */
  reload?: boolean;
}

interface Options {
  /** Asks for the events of a window. */
  fetch: (windowId: string) => Fetch;
  /** Times that are never skipped. */
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
  /** Playing, and at the end of what has arrived so far of a recording that goes on. */
  waiting = $state(false);
  /** ready: what is on the screen is what was there at now. */
  status: "loading" | "ready" | "failed" = $state("loading");
  problem: Problem | null = $state.raw(null);
  size = $state.raw({ width: 1280, height: 800 });
  loaded: Interval | null = $state.raw(null);
  /** What is missing in what is loaded. */
  holes: readonly Hole[] = $state.raw([]);
  /** How many events of what is loaded could not be played. */
  unplayable = $state(0);
  speed = $state(1);
  skipInactive = $state(true);
  /** How much the last skip left out, for a moment after it. */
  skippedMs = $state(0);

  /** Null while it is being read: what the replayer holds is then of an older one. */
  #track: Track | null = null;
  #replayer: Replayer | null = null;
  /** What the replayer was built of. */
  #built: Track | null = null;
  #root: HTMLElement | null = null;
  /** Whether what leads elsewhere is shown. */
  #remote = false;
  /** How many events the replayer could not play. */
  #failed = 0;
  #loading = new AbortController();
  #reading = false;
  #filling = false;
  #retryAt = 0;
  /** It played when something failed that may pass. */
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
    // The recording, the replayer and the frame come at the same time: what is last builds.
    void this.#load(this.now);
    replayerModule().catch(() => undefined); // whoever builds with it says so
  }

  /** Takes the frame to show in, once its document is loaded, and again whenever it was reloaded. remote: its policy allows to load from elsewhere. */
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

  /** Goes to another window, or follows one that has grown. */
  show(window: Window, t: number): void {
    if (window.id !== this.window.id) {
      this.#track = null;
      this.#noteLoaded();
    }
    this.window = window;
    this.seek(t);
  }

  /** The window goes on: its session is still being recorded. */
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

  /** Asks again. What is said of the problem stays until there is an answer. */
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
    this.#replayer?.pause(); // its picture stays until the new one is there
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
      triggerFocus: false, // the focus belongs to the person who watches
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
    // The picture before stays until the new one is there.
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

  /** Brings the replayer to now. Its "flush" tells when that is on the screen. */
  #cast(): void {
    if (!this.#track || this.#built !== this.#track || !this.#replayer) return; // building ends with a cast
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
      // Within the last millisecond events may be left: what came last is often the answer that one waits for.
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

  /** Reads on until enough lies ahead of the playhead. */
  async #fill(): Promise<void> {
    const track = this.#track;
    const { signal } = this.#loading;
    if (!track || this.#filling || performance.now() < this.#retryAt) return;
    this.#filling = true;
    try {
      while (!track.complete && track.covered - this.now < aheadMs * Math.max(1, this.speed)) {
        const fresh = await track.extend(nextMs, signal);
        if (signal.aborted || track !== this.#track) return;
        if (track !== this.#built) continue; // building takes all events of the track
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
      this.problem = { title: "Reload the page to watch this", detail: "The player's script could not be loaded. Playhead was probably upgraded since this page was opened.", retry: false, passing: false, reload: true };
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
