// What keeps Playhead from working, as GET /readyz tells it, and the words for it.

export interface Outage {
  /** What is away: a storage, the server itself, or all that a proxy knows of. */
  part: "store" | "blocks" | "server" | "nodes";
  title: string;
  /** What that means for data, and what to do. */
  detail: string;
}

const kept = "Nothing that was acknowledged is lost: clients are told to come back, and keep what they have until then.";

/** Reads an answer of /readyz; status 0 is none. Null when data can be taken and shown, or when a proxy keeps the path to itself. */
export function outage(status: number, body: unknown): Outage | null {
  if (status === 0)
    return { part: "server", title: "Playhead does not answer", detail: "Check that it is running and that this computer reaches it. What is on this page is from before." };
  if (status < 502 || status > 504) return null;
  const said = typeof body === "object" && body !== null ? (body as { dependency?: unknown; reason?: unknown }) : {};
  if (typeof said.reason !== "string")
    return {
      part: "nodes",
      title: "No node of Playhead takes requests now",
      detail: `What stands before them answers ${status}. Each node says at /readyz what it waits for.`,
    };
  const title = said.reason.charAt(0).toUpperCase() + said.reason.slice(1);
  const full = said.reason.includes("no room");
  switch (said.dependency) {
    case "store":
      return {
        part: "store",
        title,
        detail: full
          ? `What is stored stays readable. ${kept} Make room, and Playhead goes on.`
          : `${kept} Check that it runs and that this server reaches it; the server's log has the error.`,
      };
    case "blocks":
      return {
        part: "blocks",
        title,
        detail: full
          ? `What is stored stays readable. ${kept} Make room, and Playhead goes on.`
          : `Replays cannot be loaded; traces can. ${kept} Check that it runs and that this server reaches it; the server's log has the error.`,
      };
  }
  return { part: "server", title, detail: kept };
}
