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

/** How exact the moment is: "±0.2 s", "" when nothing is known about the clocks. */
export const uncertaintyLabel = (ms: number | null): string => (ms === null ? "" : `±${(ms / 1000).toFixed(1)} s`);
