// The parts of rrweb's events that the player needs. The server has undone posthog-js's compression of their parts.

import { ApiError } from "../../lib/api/error";

export interface RrEvent {
  type: number;
  /** An object, for types that have data. */
  data: unknown;
  /** Unix ms, by the browser's clock. */
  timestamp: number;
}

export const fullSnapshot = 2;
export const incremental = 3;
export const meta = 4;
export const custom = 5;

// Sources of incremental events that a person causes: mouse, scroll, input, touch, drag, selection.
const byHand = new Set([1, 2, 3, 5, 6, 12, 14]);

/** Whether the event shows that the person did something. */
export function isActivity(event: RrEvent): boolean {
  return event.type === incremental && byHand.has((event.data as { source?: number }).source ?? -1);
}

/** Reads JSON lines. An invalid line becomes null, so that the rest of the recording can be played. */
export async function* readLines(body: ReadableStream<Uint8Array>): AsyncGenerator<unknown> {
  const reader = body.getReader();
  const read = () =>
    reader.read().catch((cause: unknown) => {
      if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
      // The answer began, and then the storage or the connection failed.
      throw new ApiError("server", "The recording broke off while it was read.");
    });
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await read();
      rest += decoder.decode(value, { stream: !done });
      const lines = rest.split("\n");
      rest = done ? "" : (lines.pop() ?? "");
      for (const line of lines) if (line.trim() !== "") yield parse(line);
      if (done) return;
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
