// Counts the rows of a file while it arrives, from its bytes.
import { parquetRows } from "./parquet";

const quote = 34;
const newline = 10;

/** Counts the rows in parts of a file with a number of columns. Undefined for formats whose rows cannot be counted. */
export function rowCounter(format: string, columns: number): ((part: Uint8Array) => number) | undefined {
  let lines = 0;
  if (format === "parquet") return columns > 0 ? parquetRows(columns) : undefined;
  if (format === "jsonl") {
    return (part) => {
      for (let at = part.indexOf(newline); at >= 0; at = part.indexOf(newline, at + 1)) lines++;
      return lines;
    };
  }
  if (format !== "csv") return undefined;
  let quoted = false; // a quote within a quoted text is written twice, so the state is the same after it
  return (part) => {
    for (const byte of part) {
      if (byte === quote) quoted = !quoted;
      else if (byte === newline && !quoted) lines++;
    }
    return Math.max(0, lines - 1); // the first line has the names
  };
}
