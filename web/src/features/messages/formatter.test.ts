import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Formatted } from "./blocks";
import { Formatter, longest, patienceMs, type Hand } from "./formatter";

/** A worker that answers when it is told to. */
class Worker implements Hand {
  onmessage: Hand["onmessage"] = null;
  onerror: Hand["onerror"] = null;
  asked: { id: number; text: string }[] = [];
  ended = false;
  postMessage(message: unknown) {
    this.asked.push(message as { id: number; text: string });
  }
  terminate() {
    this.ended = true;
  }
  says(data: unknown) {
    this.onmessage?.({ data } as MessageEvent);
  }
  answers() {
    const { id, text } = this.asked.at(-1) ?? { id: 0, text: "" };
    this.says({ id, formatted: { blocks: [{ kind: "plain", text }] } });
  }
  fails() {
    this.onerror?.({ preventDefault() {} } as ErrorEvent);
  }
}

let workers: Worker[] = [];
let formatter: Formatter;
const results: Record<string, Formatted> = {};
const ask = (text: string) => formatter.format(text, (f) => (results[text] = f));
const last = () => workers.at(-1) as Worker;

beforeEach(() => {
  vi.useFakeTimers();
  workers = [];
  for (const key of Object.keys(results)) delete results[key];
  formatter = new Formatter(() => {
    workers.push(new Worker());
    return last();
  });
});
afterEach(() => void vi.useRealTimers());

const plain = (text: string): Formatted => ({ blocks: [{ kind: "plain", text }] });

describe("Formatter", () => {
  it("asks one after the other, and remembers", () => {
    ask("a");
    ask("b");
    expect(last().asked).toEqual([]); // the worker is not ready
    last().says("ready");
    expect(last().asked.map((m) => m.text)).toEqual(["a"]);
    last().answers();
    last().answers();
    expect(results).toEqual({ a: plain("a"), b: plain("b") });
    expect(formatter.known("a")).toEqual(plain("a"));
    expect(workers).toHaveLength(1);
  });

  it("ends what takes too long, and goes on with the next", () => {
    ask("slow");
    ask("next");
    vi.advanceTimersByTime(patienceMs * 10); // the time limit does not count while the worker starts
    last().says("ready");
    vi.advanceTimersByTime(patienceMs + 1);
    expect(results).toEqual({ slow: { refused: "slow" } });
    expect(workers[0]?.ended).toBe(true);
    last().says("ready");
    last().answers();
    expect(results["next"]).toEqual(plain("next"));
  });

  it("says so when it fails, or cannot be started", () => {
    ask("a");
    ask("b");
    last().says("ready");
    last().fails();
    expect(results).toEqual({ a: { refused: "failed" } });
    last().fails(); // the new worker fails at its start
    expect(results["b"]).toEqual({ refused: "failed" });
  });

  it("does not ask for what nobody waits for any more", () => {
    ask("a");
    ask("b")();
    last().says("ready");
    last().answers();
    expect(last().asked.map((m) => m.text)).toEqual(["a"]);
  });

  it("refuses megabytes", () => {
    const text = "x".repeat(longest + 1);
    ask(text);
    expect(results[text]).toEqual({ refused: "long" });
    expect(workers).toEqual([]);
  });
});
