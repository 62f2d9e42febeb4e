// The events of a session's recording. What the player needs first is asked for together with the session: 120 ms earlier than when the player is there.
import type { Fetch } from "./track";

/** How much after its moment the player loads first, ms. It is little, so that the picture appears soon. */
export const firstMs = 60_000;

export interface Moment {
  windowId: string;
  t: number;
}

interface Asked extends Moment {
  answer: Promise<Response>;
  abort: AbortController;
}

export class Source {
  #asked: Asked | null = null;

  /** ask fetches the events of a window; first: where the player will probably begin. */
  constructor(
    private readonly ask: (windowId: string) => Fetch,
    first: Moment | null,
  ) {
    if (!first) return;
    const abort = new AbortController();
    const answer = ask(first.windowId)({ t: first.t, until: first.t + firstMs }, abort.signal);
    answer.catch(() => undefined); // the player reports it
    this.#asked = { ...first, answer, abort };
  }

  /** Fetches the events of a window. live: more of it may have arrived since the session was asked for, so everything is asked for again. */
  fetch(windowId: string, live: boolean): Fetch {
    return (query, signal) => {
      const asked = this.#asked;
      this.#asked = null; // an answer can be read once
      if (!asked || live || asked.windowId !== windowId || asked.t !== query.t || asked.t + firstMs !== query.until) {
        asked?.abort.abort();
        return this.ask(windowId)(query, signal);
      }
      signal.addEventListener("abort", () => asked.abort.abort(signal.reason), { once: true });
      return asked.answer;
    };
  }

  /** Nobody will play it. */
  close(): void {
    this.#asked?.abort.abort();
    this.#asked = null;
  }
}
