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
    default:
      return reason.replaceAll("_", " ");
  }
}
