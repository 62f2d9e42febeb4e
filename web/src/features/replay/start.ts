// The window and the time at which a replay starts, for the parameters of an address.
import type { Linked, SessionDetail, SessionGeneration, Window } from "../../lib/domain";
import type { Moment } from "./source";

/** How long before a call the replay starts. */
export const leadMs = 5000;

export interface Start {
  window: Window;
  t: number;
}

/** Null when no window of the session can be shown. */
export function startOf(session: SessionDetail, wanted: { window?: string | undefined; t: number | null; generation?: SessionGeneration | undefined }): Start | null {
  const windows = session.windowList.filter((w) => w.firstSnapshotMs !== null);
  const t = wanted.t ?? (wanted.generation ? wanted.generation.startMs - leadMs : null);
  const named = windows.find((w) => w.id === (wanted.window ?? wanted.generation?.windowId));
  const around = t === null ? undefined : windows.find((w) => w.startMs <= t && t <= w.endMs);
  const window = named ?? around ?? (t === null ? windows[0] : nearest(windows, t));
  if (!window) return null;
  const from = window.firstSnapshotMs ?? window.startMs;
  return { window, t: Math.max(from, Math.min(window.endMs, t ?? from)) };
}

/** Where a replay will begin if it is in the recording, from what an address and a link say; null when they do not say it. */
export function momentOf(wanted: { window?: string | undefined; t: number | null }, link: Linked | null = null): Moment | null {
  const windowId = wanted.window ?? link?.windowId;
  const t = wanted.t ?? link?.momentMs;
  return windowId && t !== undefined ? { windowId, t } : null;
}

function nearest(windows: readonly Window[], t: number): Window | undefined {
  const distance = (w: Window) => Math.max(w.startMs - t, t - w.endMs, 0);
  return windows.toSorted((a, b) => distance(a) - distance(b))[0];
}
