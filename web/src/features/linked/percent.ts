/** A share as text. A share between 0 and 1 is never shown as 0 % or 100 %. */
export function percent(share: number | null): string {
  if (share === null) return "–";
  if (share > 0 && share < 0.01) return "< 1 %";
  if (share < 1 && share > 0.99) return "> 99 %";
  return `${Math.round(100 * share)} %`;
}
