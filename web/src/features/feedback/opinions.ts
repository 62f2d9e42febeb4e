// What feedback, metrics and evaluations are about, and how they are told. Plain functions over the API's values.
import type { Feedback, Node, Opinion } from "../../lib/domain";

export const kindNames = {
  feedback: { name: "Feedback", title: "A person said it" },
  metric: { name: "Metric", title: "A program measured it" },
  evaluation: { name: "Evaluation", title: "A judge, often another model, decided it" },
} as const;

/** The feedback of a trace that is about one of its nodes, and not about the whole. */
export interface Targets {
  /** By the node's id, in the order of time. */
  of: ReadonlyMap<string, readonly Feedback[]>;
  /** By the id of the feedback. */
  nodeOf: ReadonlyMap<string, Node>;
}

/**
 * The nodes that a trace's feedback is about: it names them by the id of their event or of their span. Of several nodes with the same span id the first one
 * counts, as for the parents of spans. An explicit trace is the whole, and so is a node that never arrived.
 */
export function targets(feedback: readonly Feedback[], nodes: readonly Node[]): Targets {
  const of = new Map<string, Feedback[]>();
  const nodeOf = new Map<string, Node>();
  if (!feedback.some((f) => f.about !== null)) return { of, nodeOf }; // most traces: their nodes may be ten thousand
  const byId = new Map<string, Node>();
  for (const n of nodes) if (n.spanId !== null && !byId.has(n.spanId)) byId.set(n.spanId, n);
  for (const n of nodes) byId.set(n.id, n);
  for (const f of feedback) {
    const node = f.about === null ? undefined : byId.get(f.about);
    if (!node || node.kind === "trace") continue;
    nodeOf.set(f.id, node);
    of.set(node.id, [...(of.get(node.id) ?? []), f]);
  }
  return { of, nodeOf };
}

/** One entry on one line: "polite: true". */
export const told = (f: Pick<Feedback, "kind" | "name" | "value">): string => `${f.name ?? kindNames[f.kind].name}: ${f.value || "(empty)"}`;

/** The length at which the server cuts explanations in lists, with an ellipsis at the end. */
const mostShown = 240;

/** Whether an explanation is only the beginning of one. */
export const isBeginning = (explanation: string): boolean => explanation.endsWith("…") && [...explanation].length >= mostShown;

/** The node that the page of a trace selects for an entry, undefined for the whole trace. */
export const nodeIn = (o: Pick<Opinion, "about" | "traceId">): string | undefined => (o.about === null || o.about === o.traceId ? undefined : o.about);

/**
 * Where the replay of an entry begins. If the browser sent the entry, that is the moment at which it was given. Others, such as those of a judge, were often
 * sent when the session was over: then it is the moment of what the entry is about, which the page of the trace knows.
 */
export function replayOf(o: Pick<Opinion, "about" | "traceId" | "sessionId" | "link">): Record<string, string | number | null | undefined> {
  const given = o.sessionId !== null && o.link.state === "linked" ? { t: o.link.momentMs, window: o.link.windowId } : {};
  return { node: nodeIn(o), replay: 1, ...given, play: 1 };
}
