// Numbers, times and ids as people read them: in English and in the local time zone. The result does not depend on when a function is called.

const integer = new Intl.NumberFormat("en-US");

export const count = (n: number): string => integer.format(n);

/** 1234 -> "1.2k", where the exact figure is shown on hover. */
export function compact(n: number): string {
  if (Math.abs(n) < 1000) return String(n);
  const [value, unit] = Math.abs(n) < 999_500 ? [n / 1e3, "k"] : Math.abs(n) < 999_500_000 ? [n / 1e6, "M"] : [n / 1e9, "B"];
  return `${value.toFixed(Math.abs(value) < 99.95 ? 1 : 0)}${unit}`;
}

/** The tokens of a call added up: "at least" where one of the two counts is unknown, null where both are. */
export function sumOfTokens({ input, output }: { input: number | null; output: number | null }): { text: string; title: string } | null {
  if (input === null && output === null) return null;
  const say = (n: number | null) => (n === null ? "unknown" : count(n));
  return { text: `${input === null || output === null ? "≥" : ""}${compact((input ?? 0) + (output ?? 0))} tok`, title: `${say(input)} in, ${say(output)} out` };
}

/** US dollars with as many digits as are useful: "$0", "<$0.0001", "$0.0035", "$0.50", "$12.34", "$1,234". */
export function dollars(usd: number): string {
  if (usd === 0) return "$0";
  if (Math.abs(usd) < 0.0001) return "<$0.0001";
  if (Math.abs(usd) >= 1000) return `$${integer.format(usd)}`;
  // At least cents, then two digits that are not zero.
  const digits = Math.max(2, Math.min(6, 1 - Math.floor(Math.log10(Math.abs(usd)))));
  return `$${usd.toFixed(digits).replace(/(\.\d\d\d*?)0+$/, "$1")}`;
}

/** A share of 1: "0.4 %", "12 %". */
export function percent(share: number): string {
  const value = share * 100;
  if (value > 0 && value < 0.05) return "<0.1 %";
  if (value > 99.95 && value < 100) return ">99.9 %";
  return `${value.toFixed(value < 9.95 && value % 1 !== 0 ? 1 : 0)} %`;
}

/** Seconds with the unit that fits: "320 ms", "1.52 s", "2 m 05 s", "1 h 02 m". */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return "–";
  const ms = Math.round(seconds * 1000);
  if (ms < 1000) return `${ms} ms`;
  if (ms < 9_995) return `${(ms / 1000).toFixed(2)} s`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const s = Math.round(ms / 1000);
  if (s < 3600) return `${Math.floor(s / 60)} m ${pad(s % 60)} s`;
  const m = Math.round(s / 60);
  if (m < 48 * 60) return `${Math.floor(m / 60)} h ${pad(m % 60)} m`;
  return `${Math.floor(m / 1440)} d ${pad(Math.floor((m % 1440) / 60))} h`;
}

/** A position on a timeline: "0:05", "12:34", "1:02:03"; negative before its start. */
export function clock(ms: number): string {
  const s = Math.floor(Math.abs(ms) / 1000);
  const sign = ms < 0 && s > 0 ? "−" : "";
  const h = Math.floor(s / 3600);
  const rest = `${h > 0 ? pad(Math.floor(s / 60) % 60) : Math.floor(s / 60)}:${pad(s % 60)}`;
  return sign + (h > 0 ? `${h}:${rest}` : rest);
}

/** "just now", "5 m ago", "3 h ago", "yesterday", "12 days ago", then the date. */
export function ago(ms: number, now: number): string {
  const s = (now - ms) / 1000;
  if (s < -60) return dateTime(ms);
  if (s < 10) return "just now";
  if (s < 60) return `${Math.floor(s)} s ago`;
  if (s < 3600) return `${Math.floor(s / 60)} m ago`;
  if (s < 86_400) return `${Math.floor(s / 3600)} h ago`;
  const days = Math.floor(s / 86_400);
  if (days < 30) return days === 1 ? "1 day ago" : `${days} days ago`;
  return day(ms);
}

const dayFormat = new Intl.DateTimeFormat("en-GB", { year: "numeric", month: "short", day: "numeric" });
const timeFormat = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

export const day = (ms: number): string => dayFormat.format(ms);
/** Local wall clock, "14:03:27". */
export const timeOfDay = (ms: number): string => timeFormat.format(ms);
export const dateTime = (ms: number): string => `${day(ms)}, ${timeOfDay(ms)}`;
/** The exact instant, for hovers: local with milliseconds, and UTC. */
export function exact(ms: number): string {
  const fraction = String(Math.floor(((ms % 1000) + 1000) % 1000)).padStart(3, "0");
  return `${dateTime(ms)}.${fraction}\n${new Date(ms).toISOString()}\n${Math.round(ms)}`;
}

export function bytes(n: number): string {
  if (n < 1000) return `${n} B`;
  const units = ["kB", "MB", "GB", "TB"];
  let value = n / 1000;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value < 99.5 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** An id shortened in the middle. Both ends are kept, because ids often share a prefix. */
export function shortId(id: string, head = 6, tail = 4): string {
  return id.length <= head + tail + 1 ? id : `${id.slice(0, head)}…${id.slice(-tail)}`;
}

/** The beginning of a text that should be short but may be megabytes: a name, a role, an address. */
export function cut(text: string, most = 200): string {
  return text.length <= most ? text : `${text.slice(0, most)}…`;
}

/** "1 click", "3 clicks". */
export const plural = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`;

/** An address without its scheme and trailing slash. */
export function shortUrl(url: string): string {
  return url.replace(/^https?:\/\//, "").replace(/\/$/, "");
}

function pad(n: number): string {
  return String(n).padStart(2, "0");
}
