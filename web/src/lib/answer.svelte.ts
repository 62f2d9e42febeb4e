// The answer to a request that changes. The old answer stays until the new one arrives or fails.
export class Answer<T> {
  value: T | null = $state.raw(null);
  error: unknown = $state.raw(null);
  /** False until the first request has succeeded or failed. */
  ready = $state(false);
  asking = $state(false);
  #abort = new AbortController();

  /** Sends a new request and cancels an open one. Never rejects: error says what went wrong. */
  async ask(question: (signal: AbortSignal) => Promise<T>): Promise<void> {
    this.#abort.abort();
    const abort = (this.#abort = new AbortController());
    this.asking = true;
    try {
      const value = await question(abort.signal);
      if (abort.signal.aborted) return;
      this.value = value;
      this.error = null;
    } catch (error) {
      if (abort.signal.aborted) return;
      this.value = null; // it was the answer to another request
      this.error = error;
    }
    this.asking = false;
    this.ready = true;
  }

  /** Sends the same request again, unless one is open. The old answer stays until the new one arrives. When it fails, the old answer stays and the promise rejects. */
  async refresh(question: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<void> {
    const abort = this.#abort;
    if (this.asking) return;
    const value = await question(signal);
    if (abort.signal.aborted || signal.aborted) return;
    this.value = value;
    this.error = null;
  }

  close(): void {
    this.#abort.abort();
  }
}
