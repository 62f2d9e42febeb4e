// How a person experienced an answer, in words.
import type { Experience, Reaction, Seen, Signal } from "../../lib/domain";
import { duration, percent } from "../../lib/format";

export const stateNames: Record<Seen["state"], string> = {
  seen: "Seen",
  partly: "Partly seen",
  not_shown: "Never shown",
  not_visible: "Never visible",
  stopped: "Stopped",
  unknown: "Not known",
};

const stateTexts: Record<Seen["state"], string> = {
  seen: "All words of the answer were shown in a visible tab.",
  partly: "Some words were shown. Then the person left, or the page replaced the answer.",
  not_shown: "The answer was never in the page.",
  not_visible: "The answer was in the page, but its tab was never visible.",
  stopped: "The person stopped the answer. What had arrived was shown.",
  unknown: "Nobody can say what of it was on the screen.",
};

const reasons: Record<string, string> = {
  no_link: "No recording is linked to it.",
  no_recording: "The session has no recording.",
  other_window: "The page was open in another tab or window, too, and that one was not recorded.",
  background: "Nobody asked for it: a program made this call by itself.",
  masked: "The recorder masked the text.",
  not_recorded: "Nothing was recorded at that time.",
  mutations_dropped: "The recorder left out changes of the page at that time.",
  no_text: "The answer has no text, or its text was not sent.",
  uncertain: "The times are uncertain by more than half a second.",
};

/** What the state of an answer means, with its figures, one in each line. */
export function explainSeen(seen: Seen): string {
  const lines = [stateTexts[seen.state]];
  if (seen.reason !== null) lines.push(reasons[seen.reason] ?? `Reason: ${seen.reason}.`);
  if (seen.waitS !== null && seen.waitS >= 0) lines.push(`First words ${duration(seen.waitS)} after asking.`);
  if (seen.share !== null && seen.share >= 0) lines.push(`${percent(seen.share)}${seen.shareUncertainty ? ` ± ${percent(seen.shareUncertainty)}` : ""} of its characters were inside the viewport.`);
  if (seen.smoothness !== null && seen.smoothness >= 0) lines.push(`Words were there in time for ${percent(seen.smoothness)} of the reading time.`);
  for (const stall of seen.stalls) lines.push(`No new words for ${duration((stall.endMs - stall.startMs) / 1000)}.`);
  if (seen.uncertaintyMs > 0) lines.push(`Times ± ${duration(seen.uncertaintyMs / 1000)}.`);
  return lines.join("\n");
}

const signalNames: Record<string, string> = {
  copied: "Copied",
  selected: "Selected text",
  followed_link: "Followed a link",
  retried: "Asked again after it",
  asked_again: "Asked again while waiting",
  raged: "Rage clicks",
  dead_click: "Dead click",
  scrolled_away: "Scrolled away",
  switched_away: "Switched away",
  reloaded: "Reloaded",
  stopped: "Stopped it",
  left: "Left",
  thumbs_up: "Thumbs up",
  thumbs_down: "Thumbs down",
  thanked: "Said thanks",
  complained: "Complained",
  went_on: "Went on",
};

export const signalName = (kind: string): string => signalNames[kind] ?? kind.replaceAll("_", " ");

/** A figure with its sign: "+0.50", "−0.40", "0". */
export function signed(n: number): string {
  const rounded = Math.round(n * 100) / 100;
  if (rounded === 0) return "0";
  return `${rounded > 0 ? "+" : "−"}${Math.abs(rounded).toFixed(2)}`;
}

/** A time since asking: "+2.00 s"; "−0.5 s" before it. */
export function sinceAsked(ms: number, askedMs: number): string {
  const s = (ms - askedMs) / 1000;
  return `${s < 0 ? "−" : "+"}${duration(Math.abs(s))}`;
}

export function explainSignal(signal: Signal, askedMs: number | null): string {
  const at = askedMs === null ? "" : `${sinceAsked(signal.atMs, askedMs)} after asking. `.replace("+", "");
  return `${signal.detail}\n${at}Adds ${signed(signal.weight)} to the score.`;
}

/** How a score came about: its parts, one in each line. */
export function explainScore(reaction: Reaction): string {
  if (reaction.signals.length === 0) return "Nothing that the person did says whether the answer helped or hurt.";
  const sum = reaction.signals.reduce((all, s) => all + s.weight, 0);
  const bounded = Math.abs(sum) > 1 ? `\nThe sum is ${signed(sum)}; a score is from −1 to +1.` : "";
  return `The sum of:\n${reaction.signals.map((s) => `${signed(s.weight)} ${signalName(s.kind).toLowerCase()}`).join("\n")}${bounded}`;
}

export const signalTone = (weight: number): "good" | "bad" | "none" => (weight > 0 ? "good" : weight < 0 ? "bad" : "none");

/** One instant of an answer. */
export interface Instant {
  kind: "asked" | "first" | "last";
  name: string;
  atMs: number | null;
  text: string;
}

/** When the answer was asked for and shown, for the strip. */
export function instants(seen: Seen, timeOfDay: (ms: number) => string): Instant[] {
  const after = (ms: number | null) => (ms === null ? "–" : seen.askedMs === null ? timeOfDay(ms) : sinceAsked(ms, seen.askedMs));
  return [
    { kind: "asked", name: "Asked", atMs: seen.askedMs, text: seen.askedMs === null ? "–" : timeOfDay(seen.askedMs) },
    { kind: "first", name: "First words", atMs: seen.firstWordsMs, text: after(seen.firstWordsMs) },
    { kind: "last", name: "Last words", atMs: seen.lastWordsMs, text: after(seen.lastWordsMs) },
  ];
}

/** An instant of an answer on the timeline. */
export interface AnswerInstant {
  callId: string;
  windowId: string | null;
  atMs: number;
  text: string;
  tone: "time" | "good" | "bad" | "none";
}

/** The known instants of all answers, in order of time: asked, first and last words, and what the person did about each. */
export function answerInstants(calls: readonly (Experience & { id: string; windowId: string | null })[]): AnswerInstant[] {
  const all: AnswerInstant[] = [];
  for (const { id, windowId, seen, reaction } of calls) {
    const add = (atMs: number | null, text: string, tone: AnswerInstant["tone"]) => atMs !== null && all.push({ callId: id, windowId, atMs, text, tone });
    if (seen) {
      add(seen.askedMs, "Asked", "time");
      add(seen.firstWordsMs, seen.waitS === null || seen.waitS < 0 ? "First words" : `First words, ${duration(seen.waitS)} after asking`, "time");
      add(seen.lastWordsMs, "Last words", "time");
    }
    for (const s of reaction?.signals ?? []) add(s.atMs, s.detail, signalTone(s.weight));
  }
  return all.sort((a, b) => a.atMs - b.atMs);
}

/** The element that shows an answer in a tab at an instant: that of the last answer whose words had begun to appear. */
export function answerNodeAt(calls: readonly (Pick<Experience, "seen"> & { windowId: string | null })[], windowId: string, nowMs: number): number | null {
  let last: Seen | null = null;
  for (const call of calls) {
    const { seen } = call;
    if (!seen || seen.node === null || seen.firstWordsMs === null || seen.firstWordsMs > nowMs || call.windowId !== windowId) continue;
    if (!last || seen.firstWordsMs >= (last.firstWordsMs ?? 0)) last = seen;
  }
  return last?.node ?? null;
}
