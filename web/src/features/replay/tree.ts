// The nodes of the recorded page, by id. rrweb's replayer does not check its input: a node that cannot be where a recording puts it
// makes it throw, and everything else in the same event is lost.
import type { Kept } from "./assets";
import { localAttributes, type Attributes } from "./attributes";
import { localCSS } from "./css";

const documentNode = 0;
const doctypeNode = 1;
const elementNode = 2;
const textNode = 3;
const commentNode = 5;

/** A node as a recording has it; none of it has been checked. */
export type RawNode = Record<string, unknown>;

interface Known {
  id: number;
  type: number;
  /** In lower case. Empty when the node is not an element. */
  tag: string;
  /** As it was recorded; undefined when the node is not text. */
  text: unknown;
  svg: boolean;
  /** The document it is in. */
  document: Known | null;
  parent: Known | null;
  /** In its parent's shadow tree. */
  shadow: boolean;
  /** The number of its ancestors. */
  depth: number;
  children: Set<Known>;
  /** The children that a document can have only one of. */
  doctype: Known | null;
  element: Known | null;
}

/** A node to remove, as the replayer needs it. */
export interface Removal {
  parentId: number;
  id: number;
  isShadow?: true;
}

/** Deeper elements are left out, as HTML parsers do. Browsers and the replayer recurse, and fail at some depth. */
const deepest = 512;

/** Elements that may have a shadow tree, beside custom ones: https://dom.spec.whatwg.org/#valid-shadow-host-name */
const hosts = new Set("article aside blockquote body div footer h1 h2 h3 h4 h5 h6 header main nav p section span".split(" "));
const customName = /^[a-z][a-z0-9._]*-[a-z0-9._-]*$/;

export class Tree {
  #nodes = new Map<number, Known>();
  #document: Known | null = null;
  /** Ids of texts outside of style sheets. These were not filtered as CSS. */
  readonly #spoken = new Set<number>();
  /** The number of nodes left out so far. */
  left = 0;

  /** remote: references to other hosts stay. */
  constructor(
    private readonly remote: boolean,
    private readonly kept: Kept,
  ) {}

  has(id: unknown): boolean {
    return this.#nodes.has(id as number);
  }

  /** Starts with the root of a full snapshot, and removes nodes that cannot be shown. False when nothing is left to show. */
  begin(root: unknown): boolean {
    if (!isObject(root) || root.type !== documentNode || !isId(root.id) || !isArray(root.childNodes) || !root.childNodes.some((child) => isObject(child) && child.type === elementNode)) return false;
    this.#nodes = new Map();
    this.#document = null;
    this.#spoken.clear();
    this.#document = this.#add(root, null);
    return true;
  }

  /** Adds a node to a parent, with its children when it is a document. False when it cannot be there. */
  add(parentId: unknown, node: unknown): boolean {
    const parent = this.#nodes.get(parentId as number);
    const there = isObject(node) && node.type === documentNode ? this.#nodes.get(node.id as number) : undefined;
    // Recorders report a frame's document when it is empty, and again when it has loaded. The replayer shows what comes last.
    if (there && there.parent === parent) this.#forget(there);
    if (!parent || !isObject(node) || !this.#fits(node, parent)) return false; // a page that is rewritten has a second root element for a moment
    if (node.type === elementNode) node.childNodes = []; // children come as additions of their own
    this.#add(node, parent);
    return true;
  }

  /**
   * Whether an element or a text that should be added to a parent is in it already. Recorders report twice what two of their observers see, such as
   * hosts of shadow trees.
   */
  isThere(parentId: unknown, node: unknown): boolean {
    const known = isObject(node) ? this.#nodes.get(node.id as number) : undefined;
    if (!known || !isObject(node) || known.type === documentNode || known.parent?.id !== parentId || known.type !== node.type || known.shadow !== (node.isShadow === true)) return false;
    return known.type === elementNode ? known.tag === String(node.tagName).toLowerCase() : known.text === node.textContent;
  }

  /**
   * Removes a node and its descendants from a parent, or from the parent's shadow tree. Returns its parent and id as the replayer needs them, null when it
   * cannot be removed, or is elsewhere by now: when a node moves between a document and a shadow tree, each reports it, and the one that it left may be last.
   */
  remove(parentId: unknown, id: unknown, isShadow: boolean): Removal | null {
    const node = this.#nodes.get(id as number);
    if (!node?.parent || node.type === documentNode || !isIn(node, parentId, isShadow)) return null;
    return this.#take(node, node.parent);
  }

  /** Removes a node that is added elsewhere, which the replayer would show twice. Null when it is not in the page, or not elsewhere. */
  leave(parentId: unknown, node: unknown): Removal | null {
    const known = isObject(node) ? this.#nodes.get(node.id as number) : undefined;
    if (!isObject(node) || !known?.parent || known.type === documentNode || isIn(known, parentId, node.isShadow === true)) return null;
    for (let up = this.#nodes.get(parentId as number) ?? null; up; up = up.parent) if (up === known) return null; // it cannot be in itself
    return this.#take(known, known.parent);
  }

  #take(node: Known, parent: Known): Removal {
    this.#forget(node);
    return { parentId: parent.id, id: node.id, ...(node.shadow && { isShadow: true }) };
  }

  #forget(node: Known): void {
    const { parent } = node;
    parent?.children.delete(node);
    if (parent?.doctype === node) parent.doctype = null;
    if (parent?.element === node) parent.element = null;
    for (const gone = [node]; gone.length > 0; ) {
      const next = gone.pop() as Known;
      this.#nodes.delete(next.id);
      for (const child of next.children) gone.push(child);
    }
  }

  /** Whether a node is a child of parentId, so that another one can be inserted before it. */
  isChild(id: unknown, parentId: unknown, shadow: boolean): boolean {
    const node = this.#nodes.get(id as number);
    return node?.parent?.id === parentId && node?.shadow === shadow;
  }

  /** The new value of a text, filtered; null when there is no such text. */
  text(id: unknown, value: unknown): string | null {
    const node = this.#nodes.get(id as number);
    if (!node || (node.type !== textNode && node.type !== commentNode) || (typeof value !== "string" && value !== null)) return null;
    node.text = value ?? "";
    return this.#styled(node.parent, value ?? "");
  }

  /** The new values of attributes, filtered; null when there is no such element. */
  attributes(id: unknown, changes: unknown): Attributes | null {
    const node = this.#nodes.get(id as number);
    if (node?.type !== elementNode || !isObject(changes)) return null;
    return this.remote ? changes : localAttributes(node.tag, changes, this.kept);
  }

  #styled(parent: Known | null, text: string): string {
    return isSheet(parent) && !this.remote ? localCSS(text, this.kept) : text;
  }

  /** Registers a valid node, normalises it, and does the same with its descendants. */
  #add(root: RawNode, parent: Known | null): Known {
    const top = this.#register(root, parent);
    const open: [RawNode, Known][] = [[root, top]];
    for (let next = open.pop(); next; next = open.pop()) {
      const [node, known] = next;
      if (!isArray(node.childNodes)) continue;
      const all = node.childNodes.length;
      const kept: RawNode[] = [];
      for (const child of node.childNodes) {
        if (!isObject(child) || !this.#fits(child, known) || (child.type === elementNode && known.element)) continue;
        kept.push(child);
        open.push([child, this.#register(child, known)]);
      }
      this.left += all - kept.length;
      node.childNodes = kept;
    }
    return top;
  }

  /** Whether a node can be in parent. */
  #fits(node: RawNode, parent: Known): boolean {
    if (!isId(node.id) || this.#nodes.has(node.id) || parent.depth >= deepest) return false;
    const isFrame = parent.tag === "iframe" && !parent.svg;
    switch (node.type) {
      case documentNode:
        return isFrame && isArray(node.childNodes);
      case doctypeNode:
        return parent.type === documentNode && !parent.doctype;
      case elementNode:
        return typeof node.tagName === "string" && (parent.type === documentNode || (parent.type === elementNode && !isFrame));
      case textNode:
        return parent.type === elementNode && !isFrame && typeof node.textContent === "string";
      case commentNode:
        return (parent.type === elementNode || parent.type === documentNode) && !isFrame && typeof node.textContent === "string";
      default:
        return false; // HTML documents have no other kinds
    }
  }

  #register(node: RawNode, parent: Known | null): Known {
    const known: Known = { id: node.id as number, type: node.type as number, tag: "", text: node.textContent, svg: node.isSVG === true, document: null, parent, shadow: false, depth: parent ? parent.depth + 1 : 0, children: new Set(), doctype: null, element: null };
    known.document = known.type === documentNode ? known : (parent?.document ?? null);
    this.#nodes.set(known.id, known);
    parent?.children.add(known);
    if (parent?.type === documentNode) {
      if (known.type === doctypeNode) parent.doctype = known;
      else if (known.type === elementNode) parent.element = known;
    }
    // Recorders name the document that a node is in. The replayer would accept any other node as the document, and leaves out a document that names itself.
    delete node.rootId;
    if (known.document && known.document !== known && known.document !== this.#document && this.#document) node.rootId = known.document.id;
    if (known.type === doctypeNode) {
      if (typeof node.name !== "string" || !/^[a-z][\w.-]*$/i.test(node.name)) node.name = "html";
      for (const name of ["publicId", "systemId"]) if (typeof node[name] !== "string") node[name] = "";
    } else if (known.type === elementNode) this.#element(node, known);
    else if (known.type === textNode) {
      if (!isSheet(parent)) this.#spoken.add(known.id);
      else if (this.#spoken.has(known.id)) node.textContent = "";
      else node.textContent = this.#styled(parent, node.textContent as string);
    }
    if (node.isShadow === true && parent && isHost(parent)) known.shadow = true;
    else delete node.isShadow;
    return known;
  }

  #element(node: RawNode, known: Known): void {
    const name = node.tagName as string;
    known.tag = name.toLowerCase();
    if (!/^[a-z][\w.-]*(:[a-z][\w.-]*)?$/.test(known.tag) || known.tag in Object.prototype) known.tag = node.tagName = "div";
    else if (!known.svg || known.tag === "script") node.tagName = known.tag;
    if (node.isShadowHost === true && !isHost(known)) delete node.isShadowHost;
    if (!isArray(node.childNodes)) node.childNodes = [];
    const attributes = isObject(node.attributes) ? node.attributes : {};
    for (const [name, value] of Object.entries(attributes)) if (!isSettable(known.tag, name, value)) delete attributes[name];
    // A page that leaves its colour scheme to the reader was light: see replayCSS.
    if (known.tag === "meta" && attributes.name === "color-scheme" && /\blight\b/i.test(String(attributes.content))) attributes.content = "only light";
    node.attributes = this.remote ? attributes : localAttributes(known.tag, attributes, this.kept);
  }
}

/** Links can be style sheets too: the replayer makes a style element of one whose text was recorded. */
const isSheet = (node: Known | null) => node?.tag === "style" || node?.tag === "link";

const isHost = (node: Known) => node.type === elementNode && !node.svg && (hosts.has(node.tag) || customName.test(node.tag));

/** Whether a node is in parentId, or in its shadow tree. */
const isIn = ({ parent, shadow }: Known, parentId: unknown, isShadow: boolean) => parent?.id === parentId && shadow === (isShadow && isHost(parent as Known));

/** Whether the replayer can set an attribute. For audio and video it throws when a number is out of range. */
function isSettable(tag: string, name: string, value: unknown): boolean {
  if (typeof value === "object" && value !== null) return false;
  if (!name.startsWith("rr_media")) return true;
  if (tag !== "audio" && tag !== "video") return false;
  if (typeof value !== "number") return true;
  if (name === "rr_mediaVolume") return value >= 0 && value <= 1;
  if (name === "rr_mediaPlaybackRate") return value >= 0.0625 && value <= 16;
  return Number.isFinite(value);
}

const isId = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;
const isArray = (value: unknown): value is unknown[] => Array.isArray(value);
export const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
