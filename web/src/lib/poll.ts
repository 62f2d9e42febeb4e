// Asking again and again, only while someone looks, and more slowly while it fails.

/** Runs ask every ms until the returned function is called. The first run is after ms. */
export function poll(ms: number, ask: (signal: AbortSignal) => Promise<void>): () => void {
  const stop = new AbortController();
  let timer: ReturnType<typeof setTimeout>;
  let wait = ms;
  const next = () => {
    timer = setTimeout(async () => {
      if (!document.hidden) {
        try {
          await ask(stop.signal);
          wait = ms;
        } catch {
          wait = Math.min(wait * 2, 60_000);
        }
      }
      if (!stop.signal.aborted) next();
    }, wait);
  };
  next();
  return () => {
    stop.abort();
    clearTimeout(timer);
  };
}
