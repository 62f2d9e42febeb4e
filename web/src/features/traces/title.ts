// The title of a trace in a list. The user's question says more than the name from the code.
import type { Trace } from "../../lib/domain";
import { shortId } from "../../lib/format";
import { oneLine } from "../../lib/preview";

type Named = Pick<Trace, "id" | "name" | "inputPreview" | "outputPreview"> & { kind?: string };

export function title(t: Named): string {
  return oneLine(t.inputPreview) || t.name || `Trace ${shortId(t.id)}`;
}

/** The second line: its name when the first is the question, and the answer. */
export function subtitle(t: Named): string {
  const name = oneLine(t.inputPreview) ? t.name : null;
  const said = [name, oneLine(t.outputPreview)].filter(Boolean).join(" · ");
  if (said) return said;
  if (t.kind === "embedding") return "embedding"; // its output is numbers
  return oneLine(t.inputPreview) ? "no answer was sent" : "no content was sent";
}
