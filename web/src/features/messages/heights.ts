// How high a message may be before it was shown: guesses, for boxes that stand for what is far from the view.
import type { Message, Part } from "../../lib/domain";
import { textHeight } from "../../lib/pieces";

/** The height of what is folded, px: see Clip.svelte. */
const folded = 190;

/** Longer text begins folded. Instructions come with every call, so they take little room. */
export const foldsAt = (role: string): number => (isInstructions(role) ? 250 : 6000);
export const isInstructions = (role: string): boolean => role === "system" || role === "developer";

export function partHeight(part: Part, role: string): number {
  switch (part.type) {
    case "text":
      return part.text.length > foldsAt(role) ? folded : textHeight(part.text);
    case "thinking":
      return 34;
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
