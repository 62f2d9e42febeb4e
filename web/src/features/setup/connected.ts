// What is connected: the libraries whose calls arrived, and what they do not send. Pure, so that tests need no browser.

/** What calls of a library may lack. q finds the calls that lack it. */
export const needs = [
  { name: "session", label: "session", q: "-session:* -link:linked", why: "Without a session id, or another way to find it, no recording opens." },
  { name: "tokens", label: "tokens", q: "-input_tokens:* -error:true", why: "Without tokens there is no cost. Streams often report them only if asked to (stream_options)." },
  { name: "model", label: "model", q: "-model:*", why: "Without a model there is no price." },
  { name: "latency", label: "duration", q: "-latency:*", why: "Without it waits are not compared." },
] as const;

export interface Lack {
  label: string;
  why: string;
  /** The share of the library's calls that lack it, above 0 and at most 1. */
  share: number;
  /** The expression that finds these calls. */
  q: string;
}

export interface Connected {
  /** "" if none was sent. */
  library: string;
  version: string;
  calls: number;
  lastMs: number;
  lacks: Lack[];
}

/** A row of an aggregate by library: the library, the number of calls and, in rows of all calls, when the last one began. */
export type LibraryRow = readonly unknown[];

/** Combines the counts of all calls with, for each of needs, the counts of calls that lack it. Most calls first. */
export function connected(all: readonly LibraryRow[], lacking: readonly (readonly LibraryRow[])[]): Connected[] {
  return all
    .map((row) => {
      const name = typeof row[0] === "string" ? row[0] : "";
      const calls = Number(row[1]);
      // Names of packages have slashes too: @posthog/ai/7.1.0.
      const at = name.lastIndexOf("/");
      const versioned = at > 0 && /^v?\d/.test(name.slice(at + 1));
      const lacks: Lack[] = [];
      needs.forEach((need, i) => {
        const n = Number(lacking[i]?.find((r) => r[0] === row[0])?.[1] ?? 0);
        if (n > 0 && calls > 0) lacks.push({ label: need.label, why: need.why, share: Math.min(1, n / calls), q: `${ofLibrary(name)} ${need.q}` });
      });
      return { library: versioned ? name.slice(0, at) : name, version: versioned ? name.slice(at + 1) : "", calls, lastMs: Number(row[2]), lacks };
    })
    .sort((a, b) => b.calls - a.calls || a.library.localeCompare(b.library));
}

const ofLibrary = (name: string) => (name === "" ? "-library:*" : `library:"${name.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`);
