// A session with its timeline, kept up to date while it may still change.
import { api } from "../../lib/api/client";
import type { SessionDetail } from "../../lib/domain";
import { poll } from "../../lib/poll";
import { quote } from "../../lib/query/terms";
import { same } from "../../lib/same";
import { sourceOf, takeAhead, warmPlayer } from "../replay/ahead";
import { isLive } from "../replay/live";
import type { Moment, Source } from "../replay/source";
import { TimelineLoad } from "../replay/timelineLoad.svelte";

/** How often a session that is still being recorded is asked for, ms. What arrives is on the page within five seconds. */
const everyMs = 2500;
/** After how many of these a session that has ended is asked for new feedback. */
const seldom = 4;

export class SessionLoad {
  detail: SessionDetail | null = $state.raw(null);
  error: unknown = $state.raw(null);
  readonly timeline: TimelineLoad;
  readonly source: Source;
  #attempt = $state(0);

  /** Call it while a component is initialised. The component must keep showing this session. first: where its replay will begin, if that is known. */
  constructor(id: string, first: Moment | null) {
    const ahead = takeAhead(id, first);
    let detailAhead = ahead?.detail;
    this.source = ahead?.source ?? sourceOf(id, first);
    // The player asks for these, too. It has them when it begins if they are asked for with the session.
    warmPlayer();
    this.timeline = new TimelineLoad(id, () => this.detail);
    $effect(() => {
      void this.#attempt;
      const abort = new AbortController();
      // The page keeps what it shows, an error included, until the answer arrives.
      const detail = detailAhead ?? api.session(id, abort.signal);
      detailAhead = undefined; // a second attempt asks again
      detail.then(
        (detail) => {
          this.detail = detail;
          this.error = null;
        },
        (error: unknown) => {
          if (!abort.signal.aborted) this.error = error;
        },
      );
      let times = 0;
      let told: string | undefined;
      const stop = poll(everyMs, async (signal) => {
        const { detail } = this;
        if (detail && detail.replay.state !== "pending" && !this.timeline.value.live && !isLive(detail.endMs, Date.now())) {
          if (times++ % seldom !== 0 || this.timeline.absent) return;
          const newest = await api.newest("feedback", { q: `session:${quote(id)}` }, signal); // people judge later, too
          if (told !== undefined && newest !== told) this.timeline.refresh(true);
          told = newest;
          return;
        }
        const fresh = await api.session(id, signal);
        if (signal.aborted) return;
        this.error = null;
        if (!same(fresh, this.detail)) this.detail = fresh;
        else this.timeline.refresh();
      });
      return () => {
        abort.abort();
        stop();
        this.source.close();
      };
    });
  }

  retry(): void {
    this.#attempt++;
  }
}
