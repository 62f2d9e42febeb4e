// Why Playhead does not work now, from GET /readyz, in words for the reader.

export interface Outage {
  /** What is unavailable: a storage, the server itself, or all servers behind a proxy. */
  part: "store" | "blocks" | "server" | "nodes";
  title: string;
  /** What that means for data, and what to do. */
  detail: string;
}

const kept = "Nothing that was acknowledged is lost. Clients are told to try again later, and keep their data until then.";

/** Interprets an answer of /readyz; status 0 means no answer. Null when data can be stored and shown, or when a proxy does not forward the path. */
export function outage(status: number, body: unknown): Outage | null {
  if (status === 0)
    return { part: "server", title: "Playhead does not answer", detail: "Check that it is running and that this computer can reach it. This page shows what was loaded before." };
  if (status < 502 || status > 504) return null;
  const said = typeof body === "object" && body !== null ? (body as { dependency?: unknown; reason?: unknown }) : {};
  if (typeof said.reason !== "string")
    return {
      part: "nodes",
      title: "No Playhead server accepts requests now",
      detail: `The proxy in front of them answers ${status}. Each server says at /readyz what it is waiting for.`,
    };
  const title = said.reason.charAt(0).toUpperCase() + said.reason.slice(1);
  const full = said.reason.includes("no room");
  switch (said.dependency) {
    case "store":
      return {
        part: "store",
        title,
        detail: full
          ? `Stored data can still be read. ${kept} Free some space, and Playhead continues.`
          : `${kept} Check that it is running and that this server can reach it; the server's log has the error.`,
      };
    case "blocks":
      return {
        part: "blocks",
        title,
        detail: full
          ? `Stored data can still be read. ${kept} Free some space, and Playhead continues.`
          : `Replays cannot be loaded; traces can. ${kept} Check that it is running and that this server can reach it; the server's log has the error.`,
      };
  }
  return { part: "server", title, detail: kept };
}
