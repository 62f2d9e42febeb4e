// Polling: only while the page is visible, more slowly while it fails, and at once after an outage.
import { health } from "./health.svelte";

const slowestMs = 30_000;

/** Runs ask every ms until the returned function is called. The first run is after ms. */
export function poll(ms: number, ask: (signal: AbortSignal) => Promise<void>): () => void {
  const stop = new AbortController();
  let timer: ReturnType<typeof setTimeout>;
  let wait = ms;
  let asking = false;
  const run = async () => {
    if (!document.hidden) {
      asking = true;
      try {
        await ask(stop.signal);
        wait = ms;
      } catch {
        wait = Math.min(wait * 2, slowestMs);
      }
      asking = false;
    }
    if (!stop.signal.aborted) timer = setTimeout(run, wait);
  };
  timer = setTimeout(run, ms);
  const forget = health.onrecovered(() => {
    wait = ms;
    if (asking) return;
    clearTimeout(timer);
    void run();
  });
  return () => {
    forget();
    stop.abort();
    clearTimeout(timer);
  };
}

/** Runs retry at growing intervals until the returned function is called, for failures that may be temporary. */
export function again(retry: () => void): () => void {
  return poll(2000, async () => {
    retry();
    throw new Error("the caller stops this when it works");
  });
}
