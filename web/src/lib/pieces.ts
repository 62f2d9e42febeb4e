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
    let to = Math.min(from + most, text.length);
    let lines = 0;
    let lineEnd = -1;
    for (let at = from; lines < mostLines; lines++) {
      const next = text.indexOf("\n", at);
      if (next < 0 || next >= to) break;
      lineEnd = at = next + 1;
    }
    if (lines === mostLines || (to < text.length && lineEnd > 0)) to = lineEnd;
    else if (to < text.length) to = wordEnd(text, from, to);
    out.push({ text: text.slice(from, to), lines: Math.max(1, lines) });
    from = to;
  }
  return out;
}

function wordEnd(text: string, from: number, to: number): number {
  const space = text.lastIndexOf(" ", to - 1);
  if (space > from + most / 2) return space + 1;
  const code = text.charCodeAt(to - 1);
  return code >= 0xd800 && code < 0xdc00 ? to - 1 : to;
}

/** About how high it is, px, at about so many letters in a line. */
export const pieceHeight = (piece: Piece, line = 22, columns = 90): number => line * Math.max(piece.lines, Math.ceil(piece.text.length / columns));

/** About how high text is, without looking through it. */
export const textHeight = (text: string, line = 22, columns = 90): number => line * Math.max(1, Math.ceil(text.length / columns));
