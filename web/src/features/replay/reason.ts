import type { Linked } from "../../lib/domain";

/** How long a recording may take to arrive before something is probably wrong: the same as in the server's package link. */
const usualMs = 10 * 60_000;

/** What a list says about a recording that has not arrived, for something that ended at endMs, such as a trace. */
export const pendingLabel = (endMs: number, nowMs: number): string => (nowMs - endMs < usualMs ? "Pending" : "Not arrived");

/** The reason why there is no replay, in a few words. The API's detail explains it. */
export function reasonLabel(reason: string): string {
  switch (reason) {
    case "no_session_id":
      return "No session id";
    case "no_recording_yet":
      return "Not recorded yet";
    case "recording_not_started":
      return "Not started";
    case "no_recording":
      return "No recording";
    case "ambiguous":
      return "Several fit";
    default:
      return reason.replaceAll("_", " ");
  }
}

/** How a session was found, in a few words. */
export function methodLabel(method: string): string {
  switch (method) {
    case "exact":
      return "Its own id";
    case "inherited":
      return "An id of its trace";
    case "feedback":
      return "Feedback of the browser";
    case "attribute":
      return "Another property";
    case "request":
      return "A request in the recording";
    case "screen":
      return "Words on the screen";
    case "person":
      return "The person's only recording";
    default:
      return method;
  }
}

/** How exact the moment is, "±0.2 s" or "±50 ms", and why; null when that is not known. */
export function uncertaintyOf(link: Pick<Linked, "momentFrom" | "momentUncertaintyMs" | "clockOffsetMs">): { label: string; why: string } | null {
  const ms = link.momentUncertaintyMs;
  if (ms === null) return null;
  const label = ms < 100 ? `±${ms} ms` : `±${(ms / 1000).toFixed(1)} s`;
  if (link.momentFrom === "asked") return { label, why: "The recording shows when the user asked, and that time may be wrong by so much. The replay begins five seconds before it." };
  const ahead = link.clockOffsetMs ?? 0;
  return {
    label,
    why: `The recording does not show when the user asked, so the moment follows from the beginning of the call and may be wrong by so much. The browser's clock was ${Math.abs(ahead / 1000).toFixed(1)} s ${ahead < 0 ? "behind" : "ahead of"} the backend's, and the moment is moved by it.`,
  };
}
