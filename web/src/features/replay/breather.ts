// Long work in slices: between them the browser can draw and react.

/** How long a slice lasts, ms. */
const sliceMs = 12;

export interface Breather {
  /** Whether the slice is over. */
  due(): boolean;
  /** Lets the browser work, and begins a new slice. Rejects when the work is no longer wanted. */
  take(): Promise<void>;
}

export function breather(signal: AbortSignal): Breather {
  let end = performance.now() + sliceMs;
  return {
    due: () => performance.now() >= end,
    take: async () => {
      await new Promise<void>((done) => setTimeout(done));
      signal.throwIfAborted();
      end = performance.now() + sliceMs;
    },
  };
}
