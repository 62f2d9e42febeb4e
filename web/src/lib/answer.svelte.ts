// The answer to a question that changes: the old answer stays until the new one is there, or until that fails.
export class Answer<T> {
  value: T | null = $state.raw(null);
  error: unknown = $state.raw(null);
  /** False until the first question is answered or failed. */
  ready = $state(false);
  asking = $state(false);
  #abort = new AbortController();

  /** Asks a new question; an earlier one that is still open is given up. Never rejects: error says what went wrong. */
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
      this.value = null; // it answered another question
      this.error = error;
    }
    this.asking = false;
    this.ready = true;
  }

  /** Asks the same again, unless a question is open: what is shown stays until the answer is there, also when it fails. Rejects then. */
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
