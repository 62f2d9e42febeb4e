// Parses and writes addresses of pages. Pure, so that tests need no browser.

export type Route = { query: Query } & (
  | { page: "home" | Single }
  | { page: "trace" | "session" | "conversation" | "shared"; id: string }
  | { page: "missing"; path: string }
);

/** Query parameters. Absent and empty mean the same. */
export type Query = Readonly<Record<string, string>>;

const singles = ["overview", "impact", "traces", "generations", "conversations", "sessions", "people", "errors", "tools", "models", "providers", "prompts", "feedback", "compare", "linked", "setup", "status"] as const;
type Single = (typeof singles)[number];
const pages: ReadonlySet<string> = new Set(singles);

export function parse(path: string, search: string): Route {
  const query = parseQuery(search);
  const parts = path.split("/").filter((p) => p !== "");
  const [first, second] = parts;
  const id = second === undefined ? undefined : idOf(second);
  if (parts.length === 0) return { page: "home", query };
  if (parts.length === 1 && pages.has(first as string)) return { page: first as Single, query };
  if (parts.length === 2 && first === "traces" && id) return { page: "trace", id, query };
  if (parts.length === 2 && first === "sessions" && id) return { page: "session", id, query };
  if (parts.length === 2 && first === "shared" && id) return { page: "shared", id, query };
  if (parts.length === 2 && first === "conversations" && id) return { page: "conversation", id, query };
  return { page: "missing", path, query };
}

export function parseQuery(search: string): Query {
  const query: Record<string, string> = {};
  for (const [key, value] of new URLSearchParams(search)) if (value !== "") query[key] = value;
  return query;
}

/** Writes path and the parameters that are set, in the given order. */
export function format(path: string, query: Record<string, string | number | boolean | null | undefined> = {}): string {
  const q = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value === null || value === undefined || value === "" || value === false) continue;
    q.set(key, value === true ? "1" : String(value));
  }
  const s = q.toString();
  return s === "" ? path : `${path}?${s}`;
}

export const tracePath = (id: string) => `/traces/${segment(id)}`;
export const sessionPath = (id: string) => `/sessions/${segment(id)}`;
export const conversationPath = (id: string) => `/conversations/${segment(id)}`;

/**
 * An id as a segment of a path, on pages and in the API. Browsers resolve "." and "..", even when escaped, and the server reads "/"
 * as the end of the path. So these get a ~ in front, and so do the same ids with one or more ~ in front.
 * The server does the same (internal/address).
 */
export const segment = (id: string): string => (misread.test(id) ? "~" : "") + encodeURIComponent(id);

const misread = /^~*(?:\.\.?|\/)$/;

function idOf(part: string): string {
  const id = decode(part);
  return id.startsWith("~") && misread.test(id) ? id.slice(1) : id;
}

/** A time in an address: Unix ms. Anything else is ignored. */
export function moment(value: string | undefined): number | null {
  if (value === undefined || !/^\d{1,15}(\.\d+)?$/.test(value)) return null;
  return Math.round(Number(value));
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a stray % in a hand-written address
  }
}
