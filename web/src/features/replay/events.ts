// The parts of rrweb's events that the player needs. The server has undone posthog-js's compression of their parts.

import { textLines } from "../../lib/lines";

export interface RrEvent {
  type: number;
  /** An object, for types that have data. */
  data: unknown;
  /** Unix ms, by the browser's clock. */
  timestamp: number;
  /** The server made it, to show the page at this time. */
  checkpoint?: boolean;
}

export const fullSnapshot = 2;
export const incremental = 3;
export const meta = 4;
export const custom = 5;

// Sources of incremental events that a person causes: mouse, scroll, input, touch, drag, selection.
const byHand = new Set([1, 2, 3, 5, 6, 12, 14]);

/** Whether the event shows that the person did something. */
export function isActivity(event: RrEvent): boolean {
  return event.type === incremental && !event.checkpoint && byHand.has((event.data as { source?: number }).source ?? -1);
}

/** Reads JSON lines. An invalid line becomes null, so that the rest of the recording can be played. */
export async function* readLines(body: ReadableStream<Uint8Array>): AsyncGenerator<unknown> {
  for await (const line of textLines(body, "The recording")) yield parse(line);
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
