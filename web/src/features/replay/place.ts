// Which window to show, and from when, for what an address says.
import type { Mark, SessionDetail, Window } from "../../lib/domain";

/** How long before a call one wants to start watching. */
export const leadMs = 5000;

export interface Place {
  window: Window;
  t: number;
}

/** Null when no window of the session can be shown. */
export function place(session: SessionDetail, wanted: { window?: string | undefined; t: number | null; mark?: Mark | undefined }): Place | null {
  const windows = session.windowList.filter((w) => w.firstSnapshotMs !== null);
  const t = wanted.t ?? (wanted.mark ? wanted.mark.startMs - leadMs : null);
  const named = windows.find((w) => w.id === (wanted.window ?? wanted.mark?.windowId));
  const around = t === null ? undefined : windows.find((w) => w.startMs <= t && t <= w.endMs);
  const window = named ?? around ?? (t === null ? windows[0] : nearest(windows, t));
  if (!window) return null;
  const from = window.firstSnapshotMs ?? window.startMs;
  return { window, t: Math.max(from, Math.min(window.endMs, t ?? from)) };
}

function nearest(windows: readonly Window[], t: number): Window | undefined {
  const distance = (w: Window) => Math.max(w.startMs - t, t - w.endMs, 0);
  return windows.toSorted((a, b) => distance(a) - distance(b))[0];
}
