// Which tab to show: the one that the person acts in.
import type { TimelineWindow } from "./sessionTimeline";

/**
 * The tab that the person acts in at now; of several, the one in which they began last. If they act in none, it is the tab that is shown, as long
 * as it is recorded, and otherwise another tab that is recorded. Null where nothing is recorded.
 */
export function tabAt(windows: readonly TimelineWindow[], now: number, shownId: string | null): string | null {
  let active: { id: string; since: number } | null = null;
  for (const window of windows) {
    for (const { startMs, endMs } of window.active) {
      if (startMs <= now && now <= endMs && (!active || startMs > active.since)) active = { id: window.id, since: startMs };
    }
  }
  if (active) return active.id;
  const recorded = windows.filter((w) => w.startMs <= now && now <= w.endMs);
  return (recorded.find((w) => w.id === shownId) ?? recorded.at(-1))?.id ?? null;
}

/** The tab to continue with, and from when, after the shown tab has ended at now; null at the end of the session. */
export function tabAfter(windows: readonly TimelineWindow[], now: number, shownId: string): { id: string; atMs: number } | null {
  const open = tabAt(windows.filter((w) => w.id !== shownId && w.endMs > now + 1), now, null);
  if (open) return { id: open, atMs: now };
  const later = windows.filter((w) => w.id !== shownId && w.startMs > now).toSorted((a, b) => a.startMs - b.startMs)[0];
  return later ? { id: later.id, atMs: later.startMs } : null;
}
