// Sends texts to the worker for formatting, one at a time. When a text takes too long, the worker is terminated.
import type { Formatted } from "./blocks";

/** The part of Worker that is used here. */
export interface Hand {
  postMessage(message: unknown): void;
  terminate(): void;
  onmessage: ((event: MessageEvent) => unknown) | null;
  onerror: ((event: ErrorEvent) => unknown) | null;
}

interface Job {
  text: string;
  done: (formatted: Formatted) => void;
}

/** The time limit for one text, ms. Ordinary texts of 100 kB take a fifth of a second. */
export const patienceMs = 2000;
/** Longer texts are not formatted. */
export const longest = 500_000;
const rememberedTexts = 100;
const rememberedLetters = 2_000_000;

export class Formatter {
  #make: () => Hand;
  #worker: Hand | null = null;
  #ready = false;
  #queue: Job[] = [];
  #running: { id: number; job: Job; timer: ReturnType<typeof setTimeout> } | null = null;
  #id = 0;
  #known = new Map<string, Formatted>();
  #letters = 0;

  constructor(make: () => Hand) {
    this.#make = make;
  }

  /** The result for a text, if it is already known. */
  known(text: string): Formatted | undefined {
    return text.length > longest ? { refused: "long" } : this.#known.get(text);
  }

  /** Formats text and calls done, unless the returned function is called first. */
  format(text: string, done: (formatted: Formatted) => void): () => void {
    const known = this.known(text);
    if (known) {
      done(known);
      return () => {};
    }
    const job = { text, done };
    this.#queue.push(job);
    this.#next();
    return () => {
      job.done = () => {};
      this.#queue = this.#queue.filter((j) => j !== job);
    };
  }

  #next(): void {
    if (this.#running || this.#queue.length === 0) return;
    const worker = (this.#worker ??= this.#start());
    if (!this.#ready) return; // the start of the worker does not count: it may take long on a busy machine
    const job = this.#queue.shift();
    if (!job) return;
    const id = ++this.#id;
    const timer = setTimeout(() => {
      this.#drop();
      this.#end({ refused: "slow" });
    }, patienceMs);
    this.#running = { id, job, timer };
    worker.postMessage({ id, text: job.text });
  }

  #start(): Hand {
    const worker = this.#make();
    worker.onmessage = ({ data }: MessageEvent<"ready" | { id: number; formatted: Formatted }>) => {
      if (data === "ready") {
        this.#ready = true;
        this.#next();
      } else if (data.id === this.#running?.id) {
        this.#end(data.formatted);
      }
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.#drop();
      if (this.#running) return this.#end({ refused: "failed" });
      // The worker cannot be started, so all waiting texts fail.
      const waiting = this.#queue;
      this.#queue = [];
      for (const job of waiting) job.done({ refused: "failed" });
    };
    return worker;
  }

  #drop(): void {
    this.#worker?.terminate();
    this.#worker = null;
    this.#ready = false;
  }

  #end(formatted: Formatted): void {
    const running = this.#running;
    if (!running) return;
    clearTimeout(running.timer);
    this.#running = null;
    this.#remember(running.job.text, formatted);
    running.job.done(formatted);
    this.#next();
  }

  #remember(text: string, formatted: Formatted): void {
    if (this.#known.has(text)) return; // it was requested twice
    this.#known.set(text, formatted);
    this.#letters += text.length;
    for (const [old] of this.#known) {
      if (this.#known.size <= rememberedTexts && this.#letters <= rememberedLetters) break;
      this.#known.delete(old);
      this.#letters -= old.length;
    }
  }
}

export const formatter = new Formatter(() => new Worker(new URL("./markdown.worker.ts", import.meta.url), { type: "module" }));
