// How wide the panes of a page are. Plain arithmetic.

export interface PaneSize {
  /** What the reader chose, px. */
  chosen: number | undefined;
  /** Its share of the page before anybody chose, 0 to 1. */
  share: number;
  /** The most that its share gives it, px. A reader may choose more. */
  most: number;
  /** px */
  least: number;
}

/** The widths of panes beside each other, px. The last one takes what is left, and all keep their least width as long as there is room. */
export function paneWidths(total: number, panes: readonly PaneSize[]): number[] {
  const widths = panes.map((p) => Math.max(p.least, p.chosen ?? Math.min(p.share * total, p.most)));
  const last = panes.length - 1;
  const rest = (to: number) => widths.slice(0, to).reduce((a, b) => a + b, 0);
  // The excess is taken from the panes before the last one, from right to left.
  let over = rest(last) + (panes[last]?.least ?? 0) - total;
  for (let i = last - 1; i >= 0 && over > 0; i--) {
    const give = Math.min(over, (widths[i] ?? 0) - (panes[i]?.least ?? 0));
    widths[i] = (widths[i] ?? 0) - give;
    over -= give;
  }
  if (last >= 0) widths[last] = Math.max(panes[last]?.least ?? 0, total - rest(last));
  return widths;
}

/** The most that pane i can have while all others keep their least width, px. */
export function mostWidth(total: number, panes: readonly PaneSize[], i: number): number {
  const others = panes.reduce((sum, p, at) => sum + (at === i ? 0 : p.least), 0);
  return Math.max(panes[i]?.least ?? 0, total - others);
}

/** Whether the screen is larger with the inspector beside it than with the inspector below it. */
export function isBeside(box: { width: number; height: number }, screen: { width: number; height: number }, controls: number, inspector: { width: number; height: number }): boolean {
  const scale = (width: number, height: number) => Math.min(width / Math.max(1, screen.width), height / Math.max(1, screen.height));
  return scale(box.width - inspector.width, box.height - controls) > scale(box.width, box.height - controls - inspector.height);
}

/**
 * The height of the screen's pane, px, where the inspector is below it: what a screen of the recorded ratio and its controls need, so that no empty
 * stripes are left. The inspector keeps its least height.
 */
export function stageHeight(box: { width: number; height: number }, screen: { width: number; height: number }, controls: number, least: number): number {
  const wanted = (box.width * screen.height) / Math.max(1, screen.width) + controls;
  return Math.max(Math.min(wanted, box.height - least), Math.min(box.height, 200));
}
