// The tree of a trace as rows beside a waterfall. Plain arithmetic over the API's nodes, which come in tree order.
import type { Node } from "../../lib/domain";

export interface TreeRow {
  node: Node;
  hasChildren: boolean;
  collapsed: boolean;
  /** The bar, as fractions of the trace's time. */
  left: number;
  width: number;
}

/** The rows to show, without the children of collapsed nodes. Nodes are in tree order, parents first. */
export function treeRows(nodes: readonly Node[], collapsed: ReadonlySet<string>): TreeRow[] {
  const { startMs: start, endMs: end } = spanOf(nodes);
  const length = Math.max(1, end - start);
  const rows: TreeRow[] = [];
  let hideBelow = Infinity;
  nodes.forEach((node, i) => {
    if (node.depth > hideBelow) return;
    const hasChildren = (nodes[i + 1]?.depth ?? 0) > node.depth;
    const isCollapsed = hasChildren && collapsed.has(node.id);
    hideBelow = isCollapsed ? node.depth : Infinity;
    rows.push({
      node,
      hasChildren,
      collapsed: isCollapsed,
      left: (node.startMs - start) / length,
      width: Math.max(0, node.endMs - node.startMs) / length,
    });
  });
  return rows;
}

/** From the first start to the last end. It loops, because Math.min(...) fails with very many arguments. */
export function spanOf(nodes: readonly { startMs: number; endMs: number }[]): { startMs: number; endMs: number } {
  let [startMs, endMs] = [Infinity, -Infinity];
  for (const n of nodes) {
    startMs = Math.min(startMs, n.startMs);
    endMs = Math.max(endMs, n.endMs);
  }
  return { startMs, endMs };
}

/** The label of a node: its name, else its model, else its kind. */
export function nodeName(node: Pick<Node, "kind" | "name" | "model">): string {
  return node.name ?? node.model ?? { generation: "Generation", embedding: "Embedding", span: "Span", trace: "Trace" }[node.kind];
}

/** The node to show first: the failed call if there is one, else the first call, else the first node. */
export function firstNode(nodes: readonly Node[]): Node | undefined {
  const calls = nodes.filter((n) => n.kind === "generation");
  return calls.find((n) => n.isError) ?? calls[0] ?? nodes.find((n) => n.kind !== "trace") ?? nodes[0];
}
