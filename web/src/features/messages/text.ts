/** Reading more than this takes longer than a page may stand still. It is shown as the text it is. */
const longest = 500_000;

/** The object or array that text is the JSON of, or undefined: then it is only text. */
export function structured(text: string): object | undefined {
  if (text.length > longest) return undefined;
  const start = text.trimStart()[0];
  if (start !== "{" && start !== "[") return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
