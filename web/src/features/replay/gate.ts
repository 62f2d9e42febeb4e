// Filters the events that reach rrweb's replayer: only those that it can play, without references to other hosts. A recording is
// untrusted input. On events that no recorder makes, the replayer throws or loops for ever.
import { noneKept, type Kept } from "./assets";
import { breather } from "./breather";
import { custom, fullSnapshot, incremental, meta, type RrEvent } from "./events";
import { isProperty } from "./attributes";
import { localCSS, nothing } from "./css";
import { isObject, Tree } from "./tree";

type Data = Record<string, unknown>;

/** rrweb's sources of incremental events. */
const source = {
  mutation: 0,
  mouseMove: 1,
  interaction: 2,
  scroll: 3,
  resize: 4,
  input: 5,
  touchMove: 6,
  media: 7,
  rules: 8,
  canvas: 9,
  font: 10,
  drag: 12,
  declaration: 13,
  selection: 14,
  adopted: 15,
} as const;
const lastSource = 16;
/** The highest of rrweb's numbers for mouse and touch interactions. */
const lastInteraction = 10;

/** The largest accepted width or height of a screen, CSS pixels. */
const largest = 16_384;
/** How long before an event its first position may be. Recorders collect positions for half a second. */
const longestDelayMs = 60_000;

const supposed = { width: 1280, height: 800 };

export class Gate {
  /** The number of events that could not be played, in whole or in part. */
  refused = 0;
  readonly #tree: Tree;
  #begun = false;
  #size = supposed;

  /** remote: references to other hosts stay. Otherwise they lead to copies, where there are some. */
  constructor(
    private readonly remote: boolean,
    private readonly kept: Kept = noneKept,
  ) {
    this.#tree = new Tree(remote, kept);
  }

  /** Returns the events to play after those of earlier calls. It changes events in place where necessary. */
  admit(events: readonly RrEvent[]): RrEvent[] {
    return settled(events.filter((event) => this.#admits(event)));
  }

  /** The same without blocking the page, however many events there are. Rejects when the signal aborts it. */
  async admitInSlices(events: readonly RrEvent[], signal: AbortSignal): Promise<RrEvent[]> {
    const admitted: RrEvent[] = [];
    const rest = breather(signal);
    for (const event of events) {
      if (this.#admits(event)) admitted.push(event);
      if (rest.due()) await rest.take();
    }
    return settled(admitted);
  }

  #admits(event: RrEvent): boolean {
    const left = this.#tree.left;
    const verdict = this.#event(event);
    if (verdict !== "whole" || this.#tree.left > left) this.refused++;
    return verdict !== "none";
  }

  #event(event: RrEvent): "whole" | "part" | "none" {
    const data = event.data as Data;
    switch (event.type) {
      case fullSnapshot:
        if (!this.#tree.begin(data.node)) return "none";
        this.#begun = true;
        if (!isObject(data.initialOffset)) data.initialOffset = { left: 0, top: 0 };
        return "whole";
      case incremental:
        return this.#incremental(data);
      case meta:
        if (isSize(data)) this.#size = { width: data.width, height: data.height };
        else Object.assign(data, this.#size);
        return "whole";
      default:
        return "whole";
    }
  }

  #incremental(data: Data): "whole" | "part" | "none" {
    switch (data.source) {
      case source.mutation:
        return this.#mutation(data);
      case source.mouseMove:
      case source.touchMove:
      case source.drag:
        return settlePositions(data) ? "whole" : "none";
      case source.interaction:
        return isWithin(data.type, 0, lastInteraction) ? "whole" : "none";
      case source.resize:
        if (!isSize(data)) return "none";
        this.#size = { width: data.width, height: data.height };
        return "whole";
      case source.media:
        return ["currentTime", "volume", "playbackRate"].every((name) => data[name] === undefined || data[name] === null || Number.isFinite(data[name])) ? "whole" : "none";
      case source.rules:
        return this.#rules(data) ? "whole" : "none";
      case source.declaration:
        return this.#declaration(data) ? "whole" : "none";
      case source.adopted:
        return this.#adopted(data) ? "whole" : "none";
      case source.font:
        return this.#font(data) ? "whole" : "none";
      case source.selection:
        return isList(data.ranges, isObject) ? "whole" : "none";
      default:
        return isWithin(data.source, 0, lastSource) ? "whole" : "none";
    }
  }

  #css(text: string): string {
    return this.remote ? text : localCSS(text, this.kept);
  }

  #mutation(data: Data): "whole" | "part" | "none" {
    if (!this.#begun) return "whole"; // not played: there is no snapshot that it could change
    const tree = this.#tree;
    const list = (name: string) => (Array.isArray(data[name]) ? (data[name] as unknown[]) : []);
    const asked = ["adds", "texts", "attributes"].reduce((sum, name) => sum + list(name).length, 0);
    // A recorder may also name a node whose parent is removed by the same event.
    const removed = list("removes").flatMap((item) => (isObject(item) ? (tree.remove(item.parentId, item.id, item.isShadow === true) ?? []) : []));
    data.removes = removed.concat(list("adds").flatMap((add) => (isObject(add) ? (tree.leave(add.parentId, add.node) ?? []) : [])));
    const added = this.#adds(list("adds"));
    data.adds = added.placed;
    data.texts = list("texts").flatMap((item) => {
      const value = isObject(item) ? tree.text(item.id, item.value) : null;
      return value === null ? [] : [{ ...(item as object), value }];
    });
    data.attributes = list("attributes").flatMap((item) => {
      const attributes = isObject(item) ? tree.attributes(item.id, item.attributes) : null;
      return attributes === null ? [] : [{ ...(item as object), attributes }];
    });
    const got = list("adds").length + added.again + list("texts").length + list("attributes").length;
    if (got === asked) return "whole";
    return got + list("removes").length > 0 ? "part" : "none";
  }

  /** Nodes to add, each after its parent, and how many were there already. */
  #adds(adds: unknown[]): { placed: Data[]; again: number } {
    const placed: Data[] = [];
    let again = 0;
    /** Additions whose parent comes later in this event, by the parent's id. */
    const waiting = new Map<unknown, Data[]>();
    const place = (first: Data) => {
      for (const next = [first]; next.length > 0; ) {
        const add = next.pop() as Data;
        if (this.#tree.isThere(add.parentId, add.node)) {
          again++;
          continue;
        }
        if (!this.#tree.add(add.parentId, add.node)) continue;
        const { id, isShadow } = add.node as Data;
        add.previousId = null; // old recorders write it, and the replayer would wait for it for ever
        if (!this.#tree.isChild(add.nextId, add.parentId, isShadow === true)) add.nextId = null;
        placed.push(add);
        for (const child of waiting.get(id) ?? []) next.push(child); // the last one first: each is inserted before an existing sibling
        waiting.delete(id);
      }
    };
    for (const add of adds) {
      if (!isObject(add) || !isObject(add.node)) continue;
      if (this.#tree.has(add.parentId)) place(add);
      else {
        const queue = waiting.get(add.parentId);
        if (queue) queue.push(add);
        else waiting.set(add.parentId, [add]);
      }
    }
    return { placed, again };
  }

  #rules(data: Data): boolean {
    const isRule = (rule: unknown): rule is Data => isObject(rule) && typeof rule.rule === "string" && isIndex(rule.index);
    if (!isOptionalList(data.adds, isRule) || !isOptionalList(data.removes, (rule) => isObject(rule) && isIndex(rule.index))) return false;
    for (const rule of (data.adds as Data[] | undefined) ?? []) rule.rule = this.#css(rule.rule as string);
    for (const name of ["replace", "replaceSync"]) if (typeof data[name] === "string") data[name] = this.#css(data[name] as string);
    return true;
  }

  #declaration(data: Data): boolean {
    if (!Array.isArray(data.index) || data.index.length === 0 || !isIndex(data.index)) return false;
    const { set, remove } = data;
    if (set !== undefined && set !== null) {
      if (!isObject(set) || typeof set.property !== "string" || !isProperty(set.property)) return false;
      set.value = typeof set.value === "string" ? this.#css(set.value) : "";
      if (set.priority !== "important") delete set.priority;
    }
    return remove === undefined || remove === null || (isObject(remove) && typeof remove.property === "string");
  }

  #adopted(data: Data): boolean {
    const isSheet = (sheet: unknown): sheet is Data => isObject(sheet) && typeof sheet.styleId === "number";
    if (!isList(data.styleIds, (id) => typeof id === "number") || !isOptionalList(data.styles, isSheet)) return false;
    return ((data.styles as Data[] | undefined) ?? []).every((sheet) => {
      const made = { adds: sheet.rules };
      return this.#rules(made);
    });
  }

  /** Whether a font may be loaded: it has its bytes, or an address that is allowed. */
  #font(data: Data): boolean {
    if (typeof data.family !== "string" || typeof data.fontSource !== "string") return false;
    if (this.remote || data.buffer === true) return true;
    const source = this.#css(data.fontSource);
    if (source !== data.fontSource && source.includes(nothing)) return false;
    data.fontSource = source;
    return true;
  }
}

/**
 * Moves each size event to the time of its full snapshot, right before it. A size event that no full snapshot follows becomes a change of the size.
 * The replayer begins at the last size event before the time it seeks; without that event's snapshot there is no page. Recorders take the snapshot
 * some milliseconds after the size, on a busy page 50 and more.
 */
function settled(admitted: RrEvent[]): RrEvent[] {
  let next = -1;
  let snapshot = 0;
  for (let i = admitted.length - 1; i >= 0; i--) {
    const event = admitted[i] as RrEvent;
    if (event.type === meta && next === fullSnapshot) {
      admitted.splice(i, 1);
      admitted.splice(--snapshot, 0, { ...event, timestamp: (admitted[snapshot] as RrEvent).timestamp });
    } else if (event.type === meta) admitted[i] = { ...event, type: incremental, data: { source: source.resize, ...sizeOf(event) } };
    if (event.type === fullSnapshot) snapshot = i;
    if (event.type === meta || event.type === fullSnapshot || event.type === incremental) next = event.type;
  }
  return admitted;
}

const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
const isWithin = (value: unknown, from: number, to: number) => Number.isInteger(value) && (value as number) >= from && (value as number) <= to;
const isSize = (data: Data): data is { width: number; height: number } => [data.width, data.height].every((n) => isNumber(n) && n >= 1 && n <= largest);
const sizeOf = (event: RrEvent) => {
  const { width, height } = event.data as Data;
  return { width, height };
};
const isList = (value: unknown, is: (item: unknown) => boolean) => Array.isArray(value) && value.every(is);
const isOptionalList = (value: unknown, is: (item: unknown) => boolean) => value === undefined || value === null || isList(value, is);
/** Whether index is the position of a rule: a number, or one number for each level of nested rules. */
const isIndex = (value: unknown) => value === undefined || isWithin(value, 0, Infinity) || (isList(value, (n) => isWithin(n, 0, Infinity)) && (value as unknown[]).length <= 32);

/** Whether there are positions, each with coordinates and a time shortly before the event's. */
function settlePositions(data: Data): boolean {
  if (!Array.isArray(data.positions)) return false;
  const positions = data.positions.filter((p): p is Data => isObject(p) && isNumber(p.x) && isNumber(p.y));
  for (const p of positions) p.timeOffset = isNumber(p.timeOffset) ? Math.max(-longestDelayMs, Math.min(0, p.timeOffset)) : 0;
  data.positions = positions;
  return positions.length > 0;
}

/** The types of events. Those of plugins are not played. */
const types = new Set([0, 1, fullSnapshot, incremental, meta, custom, 6]);
/** Bounds of valid times, 2000 to 2100, Unix ms, as the server has them. */
const [earliestMs, latestMs] = [946_684_800_000, 4_102_444_800_000];

/** Whether a value is an event. The data of an event are an object. */
export function isEvent(value: unknown): value is RrEvent {
  return (
    isObject(value) &&
    types.has(value.type as number) &&
    isNumber(value.timestamp) &&
    value.timestamp >= earliestMs &&
    value.timestamp <= latestMs &&
    (isObject(value.data) || (value.type as number) < fullSnapshot || value.type === 6)
  );
}
