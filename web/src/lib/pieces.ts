// Long text, cut into pieces that a browser lays out quickly. Blink takes 18 s for 200,000 letters without a space in one
// block, and 7 s for a line of 95,000 spaces; cut into blocks of 2,000 it takes milliseconds, as only those in view are laid out.

export interface Piece {
  text: string;
  /** How many lines it has of its own, without those that wrapping adds. */
  lines: number;
}

const most = 2000;
const mostLines = 25;

/** Browsers end an element's height at 18 to 33 million px. So many pieces stay within a third of that. */
export const mostPieces = 12_000;

/** Cuts text after line ends where there are any, else after spaces, else anywhere but within a character. All pieces together are the text, unless it has more than limit. */
export function pieces(text: string, limit = mostPieces): Piece[] {
  const out: Piece[] = [];
  for (let from = 0; from < text.length && out.length < limit; ) {
    // What is looked for is looked for in here alone: beyond it the search for what is not there would take all of the text, each time.
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

/** The end of the last word, or of the last whole character when there is none of a fair length. */
function wordEnd(text: string): number {
  const space = text.lastIndexOf(" ") + 1;
  if (space > most / 2) return space;
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last < 0xdc00 ? text.length - 1 : text.length;
}

/** About how high it is, px, at about so many letters in a line. */
export const pieceHeight = (piece: Piece, line = 22, columns = 90): number => line * Math.max(piece.lines, Math.ceil(piece.text.length / columns));

/** About how high text is, without looking through it. */
export const textHeight = (text: string, line = 22, columns = 90): number => line * Math.max(1, Math.ceil(text.length / columns));
