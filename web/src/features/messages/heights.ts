// Estimated heights of messages that have not been shown yet, for the empty boxes that replace content far from the view.
import type { Message, Part } from "../../lib/domain";
import { textHeight } from "../../lib/pieces";

/** The height of folded content, px: see Clip.svelte. */
const folded = 190;

/** Longer text is folded at first. Instructions come with every call, so they get little space. */
export const foldsAt = (role: string): number => (isInstructions(role) ? 250 : 6000);
export const isInstructions = (role: string): boolean => role === "system" || role === "developer";

export function partHeight(part: Part, role: string): number {
  switch (part.type) {
    case "text":
      return part.text.length > foldsAt(role) ? folded : textHeight(part.text);
    case "thinking":
      return 34;
    case "search":
    case "citations":
      return 40 + 22 * Math.min(8, part.sources.length);
    case "refusal":
      return 12 + Math.min(folded, textHeight(part.text));
    case "tool_call":
      return 90;
    case "tool_result":
      return 50 + Math.min(400, textHeight(part.text));
    case "json":
      return 120;
    default:
      return 60;
  }
}

export function messageHeight(message: Message): number {
  let height = 40;
  for (const part of message.parts) height += 8 + partHeight(part, message.role);
  return height;
}
