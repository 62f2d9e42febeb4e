// Splits long text into pieces that a browser lays out quickly. Blink takes 18 s for 200,000 letters without a space in one block, and
// 7 s for a line of 95,000 spaces. In blocks of 2,000 it takes milliseconds, because only the visible ones are laid out.

export interface Piece {
  text: string;
  /** The number of lines, without those that wrapping adds. */
  lines: number;
}

const most = 2000;
const mostLines = 25;

/** Browsers limit an element's height to 18 to 33 million px. This many pieces stay below a third of that. */
export const mostPieces = 12_000;

/** Splits text after line ends if there are any, else after spaces, else between any two characters. The pieces together are the whole text, unless it needs more than limit pieces. */
export function pieces(text: string, limit = mostPieces): Piece[] {
  const out: Piece[] = [];
  for (let from = 0; from < text.length && out.length < limit; ) {
    // Search only within this piece: a search that finds nothing would scan the whole text for each piece.
    const next = text.slice(from, from + most);
    let lines = 0;
    let lineEnd = 0;
    for (; lines < mostLines; lines++) {
      const found = next.indexOf("\n", lineEnd) + 1;
      if (found === 0) break;
      lineEnd = found;
    }
    const rest = from + next.length < text.length;
    const length = lines === mostLines || (rest && lineEnd > 0) ? lineEnd : rest ? wordEnd(next) : next.length;
    out.push({ text: next.slice(0, length), lines: Math.max(1, lines) });
    from += length;
  }
  return out;
}

/** The end of the last word, or of the last whole character when words are too long. */
function wordEnd(text: string): number {
  const space = text.lastIndexOf(" ") + 1;
  if (space > most / 2) return space;
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last < 0xdc00 ? text.length - 1 : text.length;
}

/** The estimated height, px, for lines of about this many letters. */
export const pieceHeight = (piece: Piece, line = 22, columns = 90): number => line * Math.max(piece.lines, Math.ceil(piece.text.length / columns));

/** The estimated height of a text, from its length only. */
export const textHeight = (text: string, line = 22, columns = 90): number => line * Math.max(1, Math.ceil(text.length / columns));
