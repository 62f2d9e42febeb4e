/** A share for people: a part of one that is not whole never reads as all or nothing. */
export function percent(share: number | null): string {
  if (share === null) return "–";
  if (share > 0 && share < 0.01) return "< 1 %";
  if (share < 1 && share > 0.99) return "> 99 %";
  return `${Math.round(100 * share)} %`;
}
