// Joins pages of messages.
import type { Message, Part } from "../../lib/domain";

/** Appends a page. A message or text that was split at the page's end becomes one again. */
export function join(before: Message[], page: Message[]): Message[] {
  const last = before.at(-1);
  const first = page[0];
  if (!last || !first?.continued) return [...before, ...page];
  return [...before.slice(0, -1), { ...last, parts: joinParts(last.parts, first.parts) }, ...page.slice(1)];
}

function joinParts(before: Part[], after: Part[]): Part[] {
  const last = before.at(-1);
  const first = after[0];
  if (!last || !first || !("continued" in first) || !first.continued) return [...before, ...after];
  const rest = after.slice(1);
  if ("text" in last && "text" in first) return [...before.slice(0, -1), { ...last, text: last.text + first.text }, ...rest];
  if (last.type === "json" && first.type === "json") return [...before.slice(0, -1), { ...last, raw: String(last.raw) + String(first.raw) }, ...rest];
  return [...before, ...after];
}
