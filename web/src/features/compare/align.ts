// Which message of one call is shown beside which message of another. Two calls of a conversation share their beginning; two versions of a prompt share most.

/** A message as text. */
export interface Said {
  role: string;
  text: string;
}

/** Two messages that are shown beside each other, by index; null where the other call has none. */
export interface Pair {
  a: number | null;
  b: number | null;
}

/** With more combinations than this, messages are paired one after the other. */
const mostCombinations = 250_000;
/** How many characters at both ends are compared to see how alike two texts are. */
const looked = 200;

/** Pairs the messages of two calls in order. Equal ones are paired first, then the most similar ones of the same role. Different roles are never paired. */
export function align(a: readonly Said[], b: readonly Said[]): Pair[] {
  let start = 0;
  while (start < a.length && start < b.length && equal(a[start] as Said, b[start] as Said)) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && equal(a[a.length - 1 - end] as Said, b[b.length - 1 - end] as Said)) end++;
  const pairs: Pair[] = [];
  for (let i = 0; i < start; i++) pairs.push({ a: i, b: i });
  pairs.push(...between(a.slice(start, a.length - end), b.slice(start, b.length - end)).map((p) => ({ a: p.a === null ? null : p.a + start, b: p.b === null ? null : p.b + start })));
  for (let i = end; i > 0; i--) pairs.push({ a: a.length - i, b: b.length - i });
  return pairs;
}

const equal = (x: Said, y: Said): boolean => x.role === y.role && x.text === y.text;

function between(a: readonly Said[], b: readonly Said[]): Pair[] {
  const [n, m] = [a.length, b.length];
  if (n * m > mostCombinations) return inTurn(a, b);
  // For each two positions, the best sum of likeness of the messages that follow.
  const best = new Float32Array((n + 1) * (m + 1));
  const at = (i: number, j: number) => best[i * (m + 1) + j] as number;
  const alike = new Float32Array(n * m);
  for (let i = n - 1; i >= 0; i--) {
    for (let j = m - 1; j >= 0; j--) {
      const score = (alike[i * m + j] = likeness(a[i] as Said, b[j] as Said));
      best[i * (m + 1) + j] = Math.max(at(i + 1, j), at(i, j + 1), score > 0 ? score + at(i + 1, j + 1) : 0);
    }
  }
  const pairs: Pair[] = [];
  let [i, j] = [0, 0];
  while (i < n || j < m) {
    const score = i < n && j < m ? (alike[i * m + j] as number) : 0;
    if (score > 0 && at(i, j) <= score + at(i + 1, j + 1) + 1e-4) pairs.push({ a: i++, b: j++ });
    else if (j >= m || (i < n && at(i + 1, j) >= at(i, j + 1))) pairs.push({ a: i++, b: null });
    else pairs.push({ a: null, b: j++ });
  }
  return pairs;
}

function inTurn(a: readonly Said[], b: readonly Said[]): Pair[] {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, i) => ({ a: i < a.length ? i : null, b: i < b.length ? i : null }));
}

/** 0 for different roles, 1 to 3 for the same one, 4 for equal messages. */
function likeness(x: Said, y: Said): number {
  if (x.role !== y.role) return 0;
  if (x.text === y.text) return 4;
  const most = Math.min(looked, x.text.length, y.text.length);
  let head = 0;
  while (head < most && x.text[head] === y.text[head]) head++;
  let tail = 0;
  while (tail < most - head && x.text[x.text.length - 1 - tail] === y.text[y.text.length - 1 - tail]) tail++;
  return 1 + (2 * (head + tail)) / Math.max(1, Math.min(looked, Math.max(x.text.length, y.text.length)));
}
