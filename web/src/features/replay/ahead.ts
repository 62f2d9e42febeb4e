// What a replay needs first, asked for when the reader reaches for its button: a hand rests on a button for a tenth of a second before it presses.
import { api } from "../../lib/api/client";
import type { Link, SessionDetail } from "../../lib/domain";
import { copies } from "./copies";
import { warmFrame } from "./frame";
import { replayerModule } from "./player.svelte";
import { Source, type Moment } from "./source";
import { momentOf } from "./start";

/** How long a pointer must stay, ms: one that passes over a column of buttons asks for nothing. */
const dwellMs = 60;
/** How long an answer is kept for the press, ms. It must not be old: the session may grow. */
export const keptMs = 8000;

export interface Ahead {
  detail: Promise<SessionDetail>;
  source: Source;
}

interface Kept extends Ahead {
  key: string;
  abort: AbortController;
  timer: ReturnType<typeof setTimeout>;
}

let kept: Kept | null = null;

const keyOf = (sessionId: string, first: Moment | null) => JSON.stringify([sessionId, first?.windowId, first?.t]);

export const sourceOf = (id: string, first: Moment | null) => new Source((window) => (query, signal) => api.snapshots(id, { window, ...query }, signal), first);

/** What every replay needs besides its session. The player reports what fails. */
export function warmPlayer(): void {
  void copies().then(warmFrame, () => undefined);
  replayerModule().catch(() => undefined);
}

/** Asks for a session and the events at its moment, unless that was just done. Only one session is kept. */
export function reach(sessionId: string, first: Moment | null): void {
  const key = keyOf(sessionId, first);
  if (kept?.key === key) return;
  drop();
  warmPlayer();
  const abort = new AbortController();
  const detail = api.session(sessionId, abort.signal);
  detail.catch(() => undefined); // who takes it reports it
  kept = { key, detail, source: sourceOf(sessionId, first), abort, timer: setTimeout(drop, keptMs) };
}

/** What was asked for ahead, once; null if it was not. */
export function takeAhead(sessionId: string, first: Moment | null): Ahead | null {
  if (kept?.key !== keyOf(sessionId, first)) return null;
  const { detail, source, timer } = kept;
  clearTimeout(timer);
  kept = null;
  return { detail, source };
}

function drop(): void {
  if (!kept) return;
  clearTimeout(kept.timer);
  kept.abort.abort();
  kept.source.close();
  kept = null;
}

/** What a button's replay begins with. */
export interface Beginning {
  sessionId: string;
  first: Moment | null;
}

/** The beginning of a link's replay; null without one. */
export const beginningOf = (link: Link | null | undefined): Beginning | null => (link?.state === "linked" ? { sessionId: link.sessionId, first: momentOf({ t: null }, link) } : null);

/** Attach it to a replay button: asks ahead for its replay when a pointer stays on the button, or the keyboard's focus does. */
export function reaching(beginning: () => Beginning | null): (button: HTMLElement) => () => void {
  return (button) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const now = () => {
      clearTimeout(timer);
      const to = beginning();
      if (to) reach(to.sessionId, to.first);
    };
    const soon = () => {
      clearTimeout(timer);
      timer = setTimeout(now, dwellMs);
    };
    const never = () => clearTimeout(timer);
    const all = { pointerenter: soon, pointerleave: never, pointerdown: now, focus: soon, blur: never };
    for (const [name, run] of Object.entries(all)) button.addEventListener(name, run);
    return () => {
      never();
      for (const [name, run] of Object.entries(all)) button.removeEventListener(name, run);
    };
  };
}
