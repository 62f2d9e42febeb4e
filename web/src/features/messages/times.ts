// When the messages of a call were really said. A call's input repeats what was said before it: the question, earlier answers, and what tools
// returned. Each gets the time of the call or span that it comes from, if that is in the same trace.
import type { Call, Message, Part, Seen } from "../../lib/domain";
import type { Letters } from "../experience/shownWords";

type Around = Pick<Call, "id" | "kind" | "name" | "startMs" | "endMs" | "firstTokenS" | "inputPreview" | "outputPreview">;

/** Clients round starts and durations separately, so times may differ by this much, ms. */
const slackMs = 20;

/** When an answer began to arrive, else when it was complete. */
export const answeredMs = (call: Pick<Call, "startMs" | "endMs" | "firstTokenS">): number => (call.firstTokenS === null ? call.endMs : call.startMs + call.firstTokenS * 1000);

/**
 * The known times of messages, Unix ms. `around` are the calls and spans of the same trace. The input is read from its end: an answer comes from
 * the latest earlier generation with this answer, a result from the latest span of that tool, and a question was asked when the first call or span
 * with this question began.
 */
export function timesOf(call: Around, input: readonly Message[], output: readonly Message[], around: readonly Around[]): Map<Message, number> {
  const times = new Map<Message, number>();
  for (const message of output) times.set(message, call.kind === "generation" ? answeredMs(call) : call.endMs);
  if (call.kind !== "generation") {
    for (const message of input) times.set(message, call.startMs);
    return times;
  }
  const before = around.filter((n) => n.id !== call.id && n.startMs <= call.startMs).sort((a, b) => b.endMs - a.endMs);
  const generations = before.filter((n) => n.kind === "generation" && n.endMs <= call.startMs + slackMs);
  const steps = before.filter((n) => n.kind === "span");
  const tools = new Map(input.flatMap((m) => m.parts.flatMap((p) => (p.type === "tool_call" && p.id !== "" ? [[p.id, p.name] as const] : []))));
  const used = new Set<Around>();
  /** When the call began that followed the message before; null when that call is not known. */
  let until: number | null = call.startMs;
  for (const message of [...input].reverse()) {
    if (message.role === "system" || message.role === "developer") continue;
    const results = message.parts.filter((p) => p.type === "tool_result");
    if (message.role === "assistant") {
      const said = generations.find((n) => !used.has(n) && says(n.outputPreview, message));
      until = said?.startMs ?? null;
      if (!said) continue;
      used.add(said);
      times.set(message, answeredMs(said));
    } else if (results.length > 0 || message.role === "tool") {
      const name = nameOf(message, results, tools);
      const end: number = until ?? call.startMs;
      const ran = name === "" ? undefined : steps.find((n) => !used.has(n) && n.name === name && n.endMs <= end + slackMs);
      if (!ran) continue;
      used.add(ran);
      times.set(message, ran.endMs);
    } else {
      const end: number = until ?? call.startMs;
      let first = until;
      for (const n of before) if (n.startMs <= end && (first === null || n.startMs < first) && says(n.inputPreview, message)) first = n.startMs;
      if (first !== null) times.set(message, first);
    }
  }
  return times;
}

/** The replay beside messages. */
export interface ReplayBeside {
  /** The instant that labels count from, and the playhead, Unix ms of the recording. */
  startMs: number;
  nowMs: number;
  /** By how much the recording's clock is ahead of the messages' times. */
  aheadMs: number;
  /** What the person saw of the answer. It has better times for the question and the answer. */
  seen: Seen | null;
  /** The recorded page at the playhead; null where it does not show the answer's tab. */
  page: Letters | null;
  seek: (ms: number) => void;
}

/** The times of messages by the recording's clock, in the order of the messages. */
export function recordedTimes(times: ReadonlyMap<Message, number>, input: readonly Message[], output: readonly Message[], { aheadMs, seen }: Pick<ReplayBeside, "aheadMs" | "seen">): Map<Message, number> {
  const asked = input.findLast((m) => m.role === "user");
  const recorded = new Map<Message, number>();
  for (const message of [...input, ...output]) {
    const ms = times.get(message);
    if (message === asked && seen?.askedMs != null) recorded.set(message, seen.askedMs);
    else if (seen?.firstWordsMs != null && output.includes(message)) recorded.set(message, seen.firstWordsMs);
    else if (ms !== undefined) recorded.set(message, ms + aheadMs);
  }
  return recorded;
}

/** The name of the tool that returned a message. */
function nameOf(message: Message, results: readonly Part[], tools: ReadonlyMap<string, string>): string {
  const ids = [message.toolCallId, ...results.map((p) => ("id" in p ? p.id : ""))];
  for (const id of ids) {
    const name = tools.get(id);
    if (name !== undefined) return name;
  }
  return message.name;
}

/** Whether a preview belongs to a message. A preview is one line of at most 240 characters. */
function says(preview: string, message: Message): boolean {
  if (preview === "") return false;
  for (const part of message.parts) {
    if (part.type === "text" || part.type === "refusal") {
      const line = part.text.slice(0, 2000).replace(/\s+/g, " ").trim();
      if (line !== "" && (preview.endsWith("…") ? line.startsWith(preview.slice(0, -1)) : line === preview)) return true;
    } else if (part.type === "tool_call" && part.name !== "" && preview.startsWith(`${part.name}(`)) {
      return true;
    }
  }
  return false;
}
