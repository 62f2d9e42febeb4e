// Which rows of a long list, all of one height, should be in the document.

export interface Range {
  /** First row, inclusive. */
  from: number;
  /** Last row, exclusive. */
  to: number;
}

/** The rows visible at scrollTop in a view of viewHeight, and overscan more on both sides. */
export function visibleRows(scrollTop: number, viewHeight: number, rowHeight: number, rows: number, overscan = 10): Range {
  const first = Math.floor(Math.max(0, scrollTop) / rowHeight);
  const last = Math.ceil((Math.max(0, scrollTop) + viewHeight) / rowHeight);
  return { from: Math.max(0, Math.min(first - overscan, rows)), to: Math.min(rows, last + overscan) };
}

/** The scrollTop that shows row with the least movement; the current one when the row is visible. */
export function scrollToShow(row: number, scrollTop: number, viewHeight: number, rowHeight: number): number {
  const top = row * rowHeight;
  if (top < scrollTop) return top;
  if (top + rowHeight > scrollTop + viewHeight) return top + rowHeight - viewHeight;
  return scrollTop;
}
