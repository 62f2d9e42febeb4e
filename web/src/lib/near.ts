// What is near the view, of whatever scrolls. Mounting goes slice by slice, a frame for each two, so that no frame has to lay
// out more than that.
import { flushSync } from "svelte";

/** How far outside the view something counts as near, px. */
const marginPx = 800;

type Told = (near: boolean, height: number) => void;

const observers = new WeakMap<Element, IntersectionObserver>();
const told = new WeakMap<Element, Told>();

/** Tells whether element is near what its scrolling ancestor shows, and how high it is, whenever that changes, until the returned function is called. */
export function near(element: Element, tell: Told): () => void {
  const root = scroller(element);
  let observer = observers.get(root);
  if (!observer) {
    observer = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting, boundingClientRect } of entries) told.get(target)?.(isIntersecting, boundingClientRect.height);
      },
      { root: root === document.documentElement ? null : root, rootMargin: `${marginPx}px 0px` },
    );
    observers.set(root, observer);
  }
  const by = observer;
  told.set(element, tell);
  by.observe(element);
  return () => {
    by.unobserve(element);
    told.delete(element);
  };
}

function scroller(element: Element): Element {
  for (let at = element.parentElement; at; at = at.parentElement) {
    if (/auto|scroll/.test(getComputedStyle(at).overflowY)) return at;
  }
  return document.documentElement;
}

const waiting = new Set<() => void>();
let scheduled = false;

/** Runs mount in one of the next frames, in the order of asking. The returned function takes it back. */
export function soon(mount: () => void): () => void {
  waiting.add(mount);
  schedule();
  return () => void waiting.delete(mount);
}

const perFrame = 2;
const frameMs = 8;

function schedule(): void {
  if (scheduled || waiting.size === 0) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    const end = performance.now() + frameMs;
    let left = perFrame;
    try {
      for (const mount of waiting) {
        waiting.delete(mount);
        flushSync(mount);
        if (--left === 0 || performance.now() > end) break;
      }
    } finally {
      schedule(); // also when a component failed
    }
  });
}

/** Whether something in element has the focus or is part of the selection: then taking it away would be noticed. */
export function inUse(element: Element): boolean {
  const selection = getSelection();
  return element.contains(document.activeElement) || (selection !== null && !selection.isCollapsed && selection.containsNode(element, true));
}
