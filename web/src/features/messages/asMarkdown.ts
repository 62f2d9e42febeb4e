// A call's messages as Markdown, to be pasted elsewhere.
import type { Content, Message, Part, Source } from "../../lib/domain";

/** Writes what a call was given and what it answered. Where the server sent only a part of it, the text says so. */
export function asMarkdown(name: string, content: Content): string {
  const blocks = [`# ${name}`];
  const list = (messages: readonly Message[], next: string | null) => {
    for (const m of messages) blocks.push(`## ${m.role}${m.name ? ` (${m.name})` : ""}`, ...m.parts.map(part));
    if (next !== null) blocks.push("_More messages follow, which are not loaded._");
  };
  list(content.input, content.inputNext);
  list(content.inputLast, content.inputLastNext);
  list(content.output, content.outputNext);
  return blocks.filter((b) => b !== "").join("\n\n") + "\n";
}

const sourceList = (sources: readonly Source[]): string =>
  sources.map((s, i) => `${i + 1}. ${[s.title, s.url, s.text && `“${s.text}”`].filter((t) => t !== "").join(" ")}`).join("\n");

/** One part of a message as Markdown. */
export function part(p: Part): string {
  switch (p.type) {
    case "text":
      return [p.text, sourceList(p.sources ?? [])].filter((b) => b !== "").join("\n\n");
    case "thinking":
      return p.redacted && !p.text ? "> (thinking, redacted by the provider)" : p.text.replace(/^/gm, "> ");
    case "search":
      return [p.text && `Searched for “${p.text}”`, sourceList(p.sources)].filter((b) => b !== "").join("\n\n");
    case "citations":
      return sourceList(p.sources);
    case "tool_call":
      return `Tool call \`${p.name}\`:\n\n${fenced(json(p.arguments), "json")}`;
    case "tool_result":
      return `Tool result${p.failed ? " (failed)" : ""}:\n\n${fenced(p.text || json(p.raw))}`;
    case "image":
    case "audio":
    case "file":
      return `[${p.type}${p.media.name ? ` ${p.media.name}` : ""}${p.media.mime ? `, ${p.media.mime}` : ""}]`;
    case "json":
      return fenced(json(p.raw), "json");
    default:
      return p.text;
  }
}

const json = (value: unknown): string => (typeof value === "string" ? value : (JSON.stringify(value, null, 2) ?? ""));

/** A code block whose fence is longer than any in the text. */
function fenced(text: string, language = ""): string {
  const longest = Math.max(2, ...(text.match(/`{3,}/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}
