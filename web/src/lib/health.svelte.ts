// Whether Playhead works, from /readyz: polled rarely while it works and often while it does not. Behind a load balancer each answer
// may come from another server, so "not ready" counts only when the next answer agrees.
import { outage, type Outage } from "./outage";

const everyMs = 15_000;
const awayMs = 2000;
const doubtMs = 700;

class Health {
  /** Null while no problem is known. */
  outage: Outage | null = $state.raw(null);
  /** Whether the server has not said for a while that it is ready, but may still do so. */
  slow = $state(false);
  /** When the outage began, Unix ms. */
  sinceMs = $state(0);
  #doubts = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking = false;
  #recovered = new Set<() => void>();

  constructor() {
    this.#next(everyMs);
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && this.outage) void this.#ask();
    });
  }

  /** Checks now, because a request failed unexpectedly. */
  suspect(): void {
    if (!this.outage) void this.#ask();
  }

  /** Calls run after each outage, until the returned function is called. */
  onrecovered(run: () => void): () => void {
    this.#recovered.add(run);
    return () => this.#recovered.delete(run);
  }

  #next(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (document.hidden) this.#next(everyMs);
      else void this.#ask();
    }, ms);
  }

  async #ask(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    const slow = setTimeout(() => (this.slow = true), slowMs);
    const found = await ready();
    clearTimeout(slow);
    this.#asking = false;
    if (found === null) {
      this.#doubts = 0;
      this.slow = false;
      const was = this.outage;
      this.outage = null;
      if (was) for (const run of [...this.#recovered]) run();
      return this.#next(everyMs);
    }
    if (this.#doubts++ === 0) return this.#next(doubtMs);
    if (!this.outage) this.sinceMs = Date.now();
    if (this.outage?.title !== found.title) this.outage = found;
    this.slow = false; // the outage says more
    this.#next(awayMs);
  }
}

/** How long /readyz usually takes at most. Together with lateMs of the API's client it is three seconds. */
const slowMs = 1500;

/** The time limit for /readyz, which itself waits up to five seconds for a storage. */
const patienceMs = 8000;

async function ready(): Promise<Outage | null> {
  let answer: Response;
  try {
    answer = await fetch("/readyz", { cache: "no-store", credentials: "same-origin", redirect: "manual", signal: AbortSignal.timeout(patienceMs) });
  } catch {
    return outage(0, null);
  }
  const body: unknown = await answer.json().catch(() => null);
  return outage(answer.status, body);
}

export const health = new Health();
