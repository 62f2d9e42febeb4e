/** Longer JSON takes too long to parse on the main thread, and is shown as text. */
const longest = 500_000;

/** Parses text that is the JSON of an object or array; otherwise undefined. */
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
