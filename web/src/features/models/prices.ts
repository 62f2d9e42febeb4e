// The prices of a model, in words.
import type { ListedPrice, Price } from "../../lib/domain";
import { dollars } from "../../lib/format";

const origin = (p: Price): string =>
  p.source === "settings" ? "a price in this server's settings" : [p.date ? `${p.source} (${p.date})` : p.source, p.model, p.since && `since ${p.since}`, p.for].filter(Boolean).join(", ");

/** All prices, a line each, and the lists that they are from. */
export function priceList(p: ListedPrice): string {
  const lines = Object.entries(p.prices).map(([unit, usd]) => `${unit.replaceAll("_", " ")}: ${dollars(usd)} ${unit === "web_search" || unit === "request" ? "a thousand" : "a million"}`);
  lines.push(`Price: ${origin(p)}`);
  if (p.second) lines.push(`Price of ${p.second.units.map((unit) => unit.replaceAll("_", " ")).join(", ")}: ${origin(p.second)}`);
  return lines.join("\n");
}

/** The units whose prices differ by more than 1 %. */
export function differing(a: ListedPrice, b: ListedPrice): string[] {
  return Object.keys(a.prices).filter((unit) => {
    const [x, y] = [a.prices[unit], b.prices[unit]];
    return x !== undefined && y !== undefined && Math.abs(x - y) > 0.01 * Math.min(x, y);
  });
}
