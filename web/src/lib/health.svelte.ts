// Whether Playhead works, asked of /readyz: rarely while it does, often while it does not. Behind a load balancer each answer may
// be another node's, so one that is not ready counts only when the next answer agrees.
import { outage, type Outage } from "./outage";

const everyMs = 15_000;
const awayMs = 2000;
const doubtMs = 700;

class Health {
  /** Null while all is well, as far as is known. */
  outage: Outage | null = $state.raw(null);
  /** Since when, Unix ms. */
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

  /** Something failed that should not have: look now. */
  suspect(): void {
    if (!this.outage) void this.#ask();
  }

  /** Calls run each time that all is well again, until the returned function is called. */
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
    const found = await ready();
    this.#asking = false;
    if (found === null) {
      this.#doubts = 0;
      const was = this.outage;
      this.outage = null;
      if (was) for (const run of [...this.#recovered]) run();
      return this.#next(everyMs);
    }
    if (this.#doubts++ === 0) return this.#next(doubtMs);
    if (!this.outage) this.sinceMs = Date.now();
    if (this.outage?.title !== found.title) this.outage = found;
    this.#next(awayMs);
  }
}

/** How long /readyz may take: it gives up on a storage after five seconds. */
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
