// Marks parts of this page's text without changing its elements: Markdown is formatted elsewhere, in blocks that come and go. Browsers without
// CSS highlights show no marks.
import { letters, shownParts, type Letters } from "./shownWords";

const name = "on-screen";

/** Marks the texts of an answer within an element that also has other texts: buttons, times, tools. */
export const saidAttribute = "data-said";

/** Marks the words below an element that the recorded page shows. page: null marks nothing. */
export function highlight(page: () => Letters | null): (element: HTMLElement) => (() => void) | undefined {
  return (element) => {
    const text = page();
    if (text === null || text.text === "" || typeof Highlight === "undefined") return undefined;
    const marked = CSS.highlights.get(name) ?? new Highlight();
    CSS.highlights.set(name, marked);
    let own: Range[] = [];
    const clear = () => own.forEach((range) => marked.delete(range));
    const mark = () => {
      clear();
      own = [...element.querySelectorAll(`[${saidAttribute}]`)].flatMap((said) => rangesOf(said, text));
      own.forEach((range) => marked.add(range));
    };
    mark();
    const changes = new MutationObserver(mark);
    changes.observe(element, { childList: true, characterData: true, subtree: true });
    return () => {
      changes.disconnect();
      clear();
    };
  };
}

function rangesOf(said: Element, page: Letters): Range[] {
  const nodes: { node: Node; from: number }[] = [];
  let text = "";
  const walk = document.createTreeWalker(said, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    nodes.push({ node, from: text.length });
    text += node.nodeValue ?? "";
  }
  const place = (offset: number): [Node, number] => {
    const one = nodes.findLast((n) => n.from <= offset) ?? { node: said, from: offset };
    return [one.node, offset - one.from];
  };
  return shownParts(letters(text), page).map(({ from, to }) => {
    const range = new Range();
    range.setStart(...place(from));
    const [node, last] = place(to - 1);
    range.setEnd(node, last + 1);
    return range;
  });
}
