// The tree of a trace as rows beside a waterfall. Plain arithmetic over the API's nodes, which come in tree order.
import type { Kind, Node } from "../../lib/domain";
import { count, dollars, duration, plural } from "../../lib/format";

export interface Span {
  startMs: number;
  endMs: number;
}

export interface TreeRow {
  node: Node;
  hasChildren: boolean;
  collapsed: boolean;
  /** False where the row is shown only because a span below it matches. */
  matches: boolean;
  /** The bar, as fractions of the time that is shown; null when it lies outside. */
  bar: { left: number; width: number } | null;
}

/** Which spans to look for. With nothing set, all match. */
export interface Sought {
  text: string;
  errors: boolean;
  stopped: boolean;
  kind: Kind | "";
}

/**
 * The rows to show, without the children of collapsed nodes. With `sought`, the matching nodes and their ancestors, whether
 * collapsed or not. Nodes are in tree order, parents first. The bars cover the time `shown`.
 */
export function treeRows(nodes: readonly Node[], collapsed: ReadonlySet<string>, sought: Sought | null = null, shown: Span = spanOf(nodes)): TreeRow[] {
  const found = sought && search(nodes, sought);
  const rows: TreeRow[] = [];
  let hideBelow = Infinity;
  nodes.forEach((node, i) => {
    const matches = found === null || found[i] === "match";
    if (found !== null && found[i] === undefined) return;
    if (node.depth > hideBelow) return;
    const hasChildren = (nodes[i + 1]?.depth ?? 0) > node.depth;
    const isCollapsed = found === null && hasChildren && collapsed.has(node.id);
    hideBelow = isCollapsed ? node.depth : Infinity;
    rows.push({ node, hasChildren, collapsed: isCollapsed, matches, bar: barOf(node, shown) });
  });
  return rows;
}

/** For each node: "match", "above" for an ancestor of one, or undefined. */
function search(nodes: readonly Node[], { text, errors, stopped, kind }: Sought): ("match" | "above" | undefined)[] {
  const wanted = text.trim().toLowerCase();
  const found: ("match" | "above" | undefined)[] = new Array<undefined>(nodes.length);
  const path: number[] = []; // the ancestors of the node, and the node
  nodes.forEach((node, i) => {
    path.length = Math.min(path.length, node.depth);
    path.push(i);
    if ((errors || stopped) && !(errors && node.isError) && !(stopped && node.stopped)) return;
    if (kind !== "" && node.kind !== kind) return;
    if (wanted !== "" && !`${nodeName(node)}\n${node.model ?? ""}\n${node.error ?? ""}\n${node.inputPreview}\n${node.outputPreview}`.toLowerCase().includes(wanted)) return;
    for (const above of path) found[above] ??= "above";
    found[i] = "match";
  });
  return found;
}

function barOf(node: Span, shown: Span): TreeRow["bar"] {
  const length = Math.max(1, shown.endMs - shown.startMs);
  const left = Math.max(node.startMs, shown.startMs);
  const right = Math.min(Math.max(node.startMs, node.endMs), shown.endMs);
  if (right < left) return null;
  return { left: (left - shown.startMs) / length, width: (right - left) / length };
}

/** The indexes of a row's nearest ancestors, at most `most`, outermost first. */
export function ancestors(rows: readonly TreeRow[], index: number, most: number): number[] {
  const above: number[] = [];
  let depth = rows[index]?.node.depth ?? 0;
  for (let i = index - 1; i >= 0 && depth > 0 && above.length < most; i--) {
    const row = rows[i];
    if (row && row.node.depth < depth) {
      depth = row.node.depth;
      above.push(i);
    }
  }
  return above.reverse();
}

/** The ancestors to pin above the first visible row. They cover rows themselves, so which row is the first visible one depends on their number. */
export function pinned(rows: readonly TreeRow[], scrollTop: number, rowHeight: number, most = 4): number[] {
  let above: number[] = [];
  for (let n = 0; n <= most; n++) {
    const next = ancestors(rows, Math.floor(scrollTop / rowHeight) + n, most).filter((i) => i * rowHeight < scrollTop + n * rowHeight);
    if (next.length === n) return next;
    if (next.length < n) return above; // the row below n pinned rows has fewer ancestors
    above = next;
  }
  return above;
}

/** From the first start to the last end. It loops, because Math.min(...) fails with very many arguments. */
export function spanOf(nodes: readonly Span[]): Span {
  let [startMs, endMs] = [Infinity, -Infinity];
  for (const n of nodes) {
    startMs = Math.min(startMs, n.startMs);
    endMs = Math.max(endMs, n.endMs);
  }
  return { startMs, endMs };
}

export interface Tick {
  /** 0 to 1. */
  at: number;
  label: string;
}

/** Round times along the axis, counted from the trace's start: about `most` of them. */
export function ticks(shown: Span, startMs: number, most: number): Tick[] {
  const length = shown.endMs - shown.startMs;
  if (!(length > 0) || most < 1) return [];
  const step = roundTimes.find((s) => length / s <= most) ?? Math.ceil(length / most / 86_400_000) * 86_400_000;
  const out: Tick[] = [];
  for (let ms = Math.ceil((shown.startMs - startMs) / step) * step; ms <= shown.endMs - startMs; ms += step) {
    out.push({ at: (ms + startMs - shown.startMs) / length, label: ms === 0 ? "0" : duration(ms / 1000) });
  }
  return out;
}

const roundTimes = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 3e4, 6e4, 12e4, 3e5, 6e5, 12e5, 18e5, 36e5, 72e5, 144e5, 216e5, 432e5, 864e5];

/** The node that an address names, by the id of its event or, as feedback does, by that of its span. */
export function nodeNamed<N extends Pick<Node, "id" | "spanId">>(nodes: readonly N[], name: string): N | undefined {
  return nodes.find((n) => n.id === name) ?? nodes.find((n) => n.spanId === name);
}

/** The label of a node: its name, else its model, else its kind. */
export function nodeName(node: Pick<Node, "kind" | "name" | "model">): string {
  return node.name ?? node.model ?? { generation: "Generation", embedding: "Embedding", span: "Span", trace: "Trace" }[node.kind];
}

const known = (n: number | null) => (n === null ? "unknown" : count(n));

/** What a row of the tree says of a node's cost and speed, and the longer text that explains it. */
export interface RowFigures {
  costUsd: number | null;
  /** The cost is at least that much. */
  more: boolean;
  tokensPerS: number | null;
  explain: string;
}

/** The figures of a node with others below it are those of the whole subtree. A call's own figures are in the explanation. */
export function figuresOf(node: Pick<Node, "costUsd" | "costState" | "tokensPerS" | "latencyS" | "subtree">, hasChildren: boolean): RowFigures {
  const { costUsd, unpriced, inputTokens, outputTokens, summedS } = node.subtree;
  const tokensPerS = !hasChildren || node.tokensPerS !== null ? node.tokensPerS : outputTokens !== null && summedS > 0 ? outputTokens / summedS : null;
  const lines: string[] = [];
  if (node.latencyS !== null) lines.push(`Wall clock: ${duration(node.latencyS)}`);
  if (summedS > 0 && hasChildren) lines.push(`Calls added up: ${duration(summedS)}`);
  if (hasChildren && node.costState !== null) lines.push(`Own cost: ${node.costState === "uncharged" ? "none" : node.costUsd === null ? "unknown" : dollars(node.costUsd)}`);
  if (costUsd !== null) lines.push(`${hasChildren ? "Cost with all below it" : "Cost"}: ${unpriced > 0 ? "at least " : ""}${dollars(costUsd)}`);
  if (unpriced > 0) lines.push(`The cost of ${plural(unpriced, "call")} is not known`);
  if (inputTokens !== null || outputTokens !== null) lines.push(`Tokens: ${known(inputTokens)} → ${known(outputTokens)}`);
  if (tokensPerS !== null) lines.push(`Tokens a second: ${tokensPerS.toFixed(tokensPerS < 10 ? 1 : 0)}`);
  return { costUsd, more: unpriced > 0, tokensPerS, explain: lines.join("\n") };
}

/** The label of one of several attempts: "retry 2 of 3"; null when there was only one attempt. */
export const attemptLabel = (attempt: Node["attempt"]): string | null => attempt && `${attempt.n === 1 ? "try" : "retry"} ${attempt.n} of ${attempt.of}`;

/** From the start of the trace to the first token of any call, seconds; null when no call says when it came. */
export function firstTokenS(startMs: number, nodes: readonly Pick<Node, "startMs" | "firstTokenS">[]): number | null {
  let first: number | null = null;
  for (const n of nodes) {
    if (n.firstTokenS === null) continue;
    const s = (n.startMs - startMs) / 1000 + n.firstTokenS;
    if (first === null || s < first) first = s;
  }
  return first;
}
