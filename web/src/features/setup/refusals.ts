// What the reasons for which single events are refused or cut mean. The server's sentence about each case, with what to do, is shown beside them.

const words: Record<string, string> = {
  not_an_object: "Not a JSON object",
  no_event_name: "No event name",
  no_distinct_id: "No distinct id",
  no_session_id: "A recording without a session id",
  bad_snapshot: "A recording that cannot be read",
  too_large: "Too large",
  too_deep: "Nested too deeply",
  not_decoded: "Not a valid OpenTelemetry span, log or metric",
  not_kept: "Of a kind that is not kept here",
  truncated: "Kept, with its longest texts cut off",
  bad_time: "Kept, with the time of the event before",
};

/** A reason in words. A reason that this page does not know is shown by its name. */
export const refusalWords = (reason: string): string => (Object.hasOwn(words, reason) ? (words[reason] as string) : reason.replaceAll("_", " "));
