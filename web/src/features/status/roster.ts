// The servers to show: those that the storage knows, and those that disappeared while this page was open.
import type { Server } from "../../lib/domain";

export interface Row {
  server: Server;
  /** It no longer reports itself: it was stopped, or it cannot reach the storage. */
  gone: boolean;
}

/** The rows to show after an answer, by name. A restarted server replaces its old row of the same name. */
export function roster(before: readonly Row[], servers: readonly Server[]): Row[] {
  const here = new Set(servers.flatMap((s) => [s.id, s.name]));
  const gone = before.filter(({ server }) => !here.has(server.id) && !here.has(server.name));
  const rows = [...servers.map((server) => ({ server, gone: false })), ...gone.map(({ server }) => ({ server, gone: true }))];
  return rows.sort((a, b) => a.server.name.localeCompare(b.server.name, "en", { numeric: true }));
}

/** How far a clock is off: "in time", "+0.35 s", "−2.6 s". A tenth of a second may be network delay. */
export function offset(seconds: number): string {
  const off = Math.abs(seconds);
  if (off < 0.1) return "in time";
  return `${seconds < 0 ? "−" : "+"}${off < 10 ? off.toFixed(off < 1 ? 2 : 1) : Math.round(off)} s`;
}
