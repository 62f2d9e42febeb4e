// The generation before another one in its conversation, or in its trace where there is no conversation.
import { api } from "../../lib/api/client";
import type { Call } from "../../lib/domain";
import { quote } from "../../lib/query/terms";

/** The id of that generation; null when there is none. */
export async function before(call: Pick<Call, "traceId" | "conversationId" | "startMs">, signal?: AbortSignal): Promise<string | null> {
  const within = call.conversationId === null ? `trace:${quote(call.traceId)}` : `conversation:${quote(call.conversationId)}`;
  const page = await api.generations({ q: `${within} kind:generation start:<${new Date(call.startMs).toISOString()}`, sort: "-start", limit: 1 }, signal);
  return page.items[0]?.id ?? null;
}
