// The export that is running: it goes on while the reader looks at other pages.
import { request } from "./api/client";
import { messageOf } from "./errors";
import { rowCounter } from "./rowcount";

/** Received bytes are handed to the browser's blob storage, which is on the disk, in parts of this size. */
const partBytes = 8 << 20;

export interface Wanted {
  /** The address of the file. */
  path: string;
  format: string;
  /** Several rows, in words. */
  nouns: string;
}

export class Export {
  rows: number | null = $state(null);
  bytes = $state(0);
  /** How many rows there are; null while that is not known. */
  of: number | null = $state(null);
  state: "begins" | "runs" | "done" | "failed" = $state("begins");
  problem = $state("");
  readonly wanted: Wanted;
  #abort = new AbortController();

  constructor(wanted: Wanted) {
    this.wanted = wanted;
  }

  cancel(): void {
    this.#abort.abort();
  }

  /** Receives the file, and gives it to the reader. */
  async run(): Promise<void> {
    const { signal } = this.#abort;
    try {
      const answer = await request(this.wanted.path, signal);
      this.of = Number(answer.headers.get("Playhead-Rows") ?? "NaN");
      if (Number.isNaN(this.of)) this.of = null;
      this.state = "runs";
      const file = await this.#receive(answer);
      if (signal.aborted) return;
      save(file, /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1] ?? `export.${this.wanted.format}`);
      this.state = "done";
    } catch (error) {
      if (signal.aborted) return;
      this.problem = this.state === "begins" ? messageOf(error) : "It broke off: the connection was cut, or the server could not read on. Nothing was saved. Try again, or choose a shorter period; the curl command in the menu writes what arrives to the disk.";
      this.state = "failed";
    }
  }

  async #receive(answer: Response): Promise<Blob> {
    const type = answer.headers.get("Content-Type") ?? "";
    const count = rowCounter(this.wanted.format, Number(answer.headers.get("Playhead-Columns") ?? 0));
    let file = new Blob([], { type });
    let parts: Uint8Array<ArrayBuffer>[] = [];
    let waiting = 0;
    const reader = answer.body?.getReader();
    for (;;) {
      const read = await reader?.read();
      if (!read || read.done) break;
      parts.push(read.value);
      waiting += read.value.length;
      this.bytes += read.value.length;
      if (count) this.rows = count(read.value);
      if (waiting >= partBytes) {
        file = new Blob([file, ...parts], { type });
        [parts, waiting] = [[], 0];
      }
    }
    return new Blob([file, ...parts], { type });
  }
}

function save(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // the browser reads it after the click
}

class Exporting {
  /** Null when there is nothing to tell. */
  current: Export | null = $state.raw(null);

  start(wanted: Wanted): void {
    this.current?.cancel();
    const started = (this.current = new Export(wanted));
    void started.run();
  }

  /** Ends it, or takes away what it tells. */
  close(): void {
    this.current?.cancel();
    this.current = null;
  }
}

export const exporting = new Exporting();
