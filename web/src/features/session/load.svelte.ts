// A session, kept up to date while it may still change.
import { api } from "../../lib/api/client";
import type { SessionDetail } from "../../lib/domain";
import { poll } from "../../lib/poll";
import { same } from "../../lib/same";
import { isLive } from "../replay/live";

export class SessionLoad {
  detail: SessionDetail | null = $state.raw(null);
  error: unknown = $state.raw(null);
  #attempt = $state(0);

  /** Call it while a component is initialised. The component must keep showing this session. */
  constructor(id: string) {
    $effect(() => {
      void this.#attempt;
      const abort = new AbortController();
      // The page keeps what it shows, an error included, until the answer arrives.
      api.session(id, abort.signal).then(
        (detail) => {
          this.detail = detail;
          this.error = null;
        },
        (error: unknown) => {
          if (!abort.signal.aborted) this.error = error;
        },
      );
      const stop = poll(4000, async (signal) => {
        const { detail } = this;
        if (detail && detail.replay.state !== "pending" && !isLive(detail.endMs, Date.now())) return;
        const fresh = await api.session(id, signal);
        if (signal.aborted) return;
        this.error = null;
        if (!same(fresh, this.detail)) this.detail = fresh;
      });
      return () => {
        abort.abort();
        stop();
      };
    });
  }

  retry(): void {
    this.#attempt++;
  }
}
