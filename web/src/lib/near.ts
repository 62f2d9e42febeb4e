// Observes which elements are near the visible part of their scrolling ancestor. At most two slices are mounted in a frame, so that
// each frame has little to lay out.
import { flushSync } from "svelte";

/** The distance from the view that counts as near, px. */
const marginPx = 800;

type Told = (near: boolean, height: number) => void;

const observers = new WeakMap<Element, IntersectionObserver>();
const told = new WeakMap<Element, Told>();

/** Reports whether element is near the view, and its height, on every change until the returned function is called. */
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

/** Runs mount in one of the next frames, in the order of the calls. The returned function cancels it. */
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

/** Whether element contains the focus or part of the selection, so that removing it would disturb the reader. */
export function inUse(element: Element): boolean {
  const selection = getSelection();
  return element.contains(document.activeElement) || (selection !== null && !selection.isCollapsed && selection.containsNode(element, true));
}
