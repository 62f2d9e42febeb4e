// Hands two calls to the worker that compares them. A newer question replaces the one before it.
import type { Said } from "./align";
import type { Row } from "./words";

export class Differ {
  #worker: Worker | null = null;
  #id = 0;

  /** Rejects when the worker cannot be started; never settles when another question came in between. */
  compare(a: readonly Said[], b: readonly Said[]): Promise<Row[]> {
    const id = ++this.#id;
    // The result of the question before is not needed any more.
    this.close();
    const worker = (this.#worker = new Worker(new URL("./diff.worker.ts", import.meta.url), { type: "module" }));
    return new Promise((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<{ id: number; rows: Row[] }>) => data.id === id && resolve(data.rows);
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error("The browser could not compare these texts. Reload the page to try again."));
      };
      worker.postMessage({ id, a, b });
    });
  }

  close(): void {
    this.#worker?.terminate();
    this.#worker = null;
  }
}
