import { describe, expect, it } from "vitest";
import { growth } from "./cost";
import { custom, fullSnapshot, incremental, meta, type RrEvent } from "./events";
import { Gate, isEvent } from "./gate";

type Node = Record<string, unknown>;
let ids = 100;
const at = Date.UTC(2026, 0, 1);
const event = (type: number, data: unknown, timestamp = at): RrEvent => ({ type, data, timestamp });
const text = (textContent: string, id = ++ids): Node => ({ type: 3, id, textContent });
const element = (tagName: string, attributes: Node = {}, ...childNodes: Node[]): Node => ({ type: 2, id: ++ids, tagName, attributes, childNodes });
const withId = (node: Node, id: unknown): Node => ({ ...node, id });
const far = "http://far.test/a";

const head = 4;
const body = 5;
const words = 6;
const frame = 7;
const sheet = 8;
const rules = 9;
/** A page: <html><head></head><body>words<iframe></iframe><style>rules</style>…</body></html> */
const page = (...more: Node[]) =>
  event(fullSnapshot, {
    node: {
      type: 0,
      id: 1,
      childNodes: [
        { type: 1, id: 2, name: "html", publicId: "", systemId: "" },
        withId(element("html", {}, withId(element("head"), head), withId(element("body", {}, text("words", words), withId(element("iframe"), frame), withId(element("style", {}, text("a {}", rules)), sheet), ...more), body)), 3),
      ],
    },
  });
const change = (data: Node) => event(incremental, { source: 0, texts: [], attributes: [], removes: [], adds: [], ...data });
const add = (parentId: number, node: Node, more: Node = {}) => ({ parentId, nextId: null, node, ...more });

/** Which of the events reach the replayer after a page, and how many were refused. */
function after(events: RrEvent[], first = page(), remote = false) {
  const gate = new Gate(remote);
  gate.admit([first]);
  const passed = gate.admit(structuredClone(events));
  return { data: passed.map((e) => e.data as Record<string, never>), refused: gate.refused };
}

describe("isEvent", () => {
  it.each([
    [null, false],
    [{ type: 3, data: null, timestamp: at }, false],
    [{ type: 3, data: [], timestamp: at }, false],
    [{ type: 5, timestamp: at }, false],
    [{ type: 0, timestamp: at }, true],
    [{ type: 6, timestamp: at }, true],
    [{ type: 7, data: {}, timestamp: at }, false],
    [{ type: 3, data: {}, timestamp: "1" }, false],
    [{ type: 3, data: {}, timestamp: Infinity }, false],
    [{ type: 3, data: {}, timestamp: 5 }, false],
    [{ type: 3, data: {}, timestamp: at }, true],
  ])("%j: %s", (value, is) => expect(isEvent(value)).toBe(is));
});

describe("a gate refuses, and counts", () => {
  it.each<[string, unknown]>([
    ["a source that there is not", { source: 99 }],
    ["a source that is no number", { source: "0" }],
    ["no positions", { source: 1 }],
    ["no position", { source: 1, positions: [] }],
    ["positions that are nothing", { source: 6, positions: [null, 7, { x: "a", y: 1 }] }],
    ["an interaction that there is not", { source: 2, id: body, type: 44 }],
    ["an interaction without a type", { source: 2, id: body }],
    ["a viewport of nothing", { source: 4, width: 0, height: 0 }],
    ["a viewport larger than any", { source: 4, width: 1e9, height: 800 }],
    ["a film beyond all times", { source: 7, id: body, type: 0, currentTime: Infinity }],
    ["rules that are none", { source: 8, id: sheet, adds: [null] }],
    ["rules without text", { source: 8, id: sheet, adds: [{ index: 0 }] }],
    ["a rule at no place", { source: 8, id: sheet, adds: [{ rule: "a {}", index: "0" }] }],
    ["a rule deeper than any", { source: 8, id: sheet, adds: [{ rule: "a {}", index: Array(100).fill(0) }] }],
    ["a declaration at no place", { source: 13, id: sheet, set: { property: "color", value: "red" } }],
    ["a declaration of no property", { source: 13, id: sheet, index: [0], set: { property: "a: b; c", value: "red" } }],
    ["sheets that are none", { source: 15, id: 1, styleIds: [1], styles: [null] }],
    ["no sheets", { source: 15, id: 1 }],
    ["a font without bytes", { source: 10, family: "f" }],
    ["a font elsewhere", { source: 10, family: "f", fontSource: `url(${far})`, buffer: false }],
    ["a selection of nothing", { source: 14, ranges: [null] }],
    ["additions to nodes that are not there", { source: 0, adds: [add(999, text("x"))] }],
    ["additions of nothing", { source: 0, adds: [null, 7, { parentId: body }, add(body, null as unknown as Node)] }],
    ["texts of nodes that are not there", { source: 0, texts: [{ id: 999, value: "x" }] }],
    ["attributes of nodes that are not there", { source: 0, attributes: [{ id: 999, attributes: {} }] }],
    ["parents that are each other's", { source: 0, adds: [add(202, withId(element("p"), 201)), add(201, withId(element("p"), 202))] }],
    ["a parent that is its own", { source: 0, adds: [add(203, withId(element("p"), 203))] }],
    ["negative ids", { source: 0, adds: [add(body, withId(element("p"), -1)), add(body, withId(element("p"), -7))] }],
    ["ids that are none", { source: 0, adds: [add(body, withId(element("p"), "8")), add(body, withId(element("p"), 1.5)), add(body, withId(element("p"), 0))] }],
    ["a node twice", { source: 0, adds: [add(body, text("again", words))] }],
    ["a text in a document", { source: 0, adds: [add(1, text("x"))] }],
    ["a text in a text", { source: 0, adds: [add(words, text("x"))] }],
    ["an element in a frame", { source: 0, adds: [add(frame, element("p"))] }],
    ["a document in an element", { source: 0, adds: [add(body, { type: 0, id: 300, childNodes: [] })] }],
    ["kinds that there are not", { source: 0, adds: [add(body, { type: 4, id: 301, textContent: "x" }), add(body, { type: 9, id: 302 })] }],
  ])("%s", (_, data) => expect(after([event(incremental, data)])).toEqual({ data: [], refused: 1 }));

  it.each<[string, unknown]>([
    ["without a node", {}],
    ["of nothing", { node: null }],
    ["of an element", { node: element("p") }],
    ["without an id", { node: { type: 0, childNodes: [element("html")] } }],
    ["without an element", { node: { type: 0, id: 1, childNodes: [null] } }],
  ])("a full picture %s", (_, data) => {
    const gate = new Gate(false);
    expect(gate.admit([event(fullSnapshot, data)])).toEqual([]);
    expect(gate.refused).toBe(1);
  });
});

describe("a gate lets through what can be played", () => {
  it("of a change of which a part cannot be", () => {
    const { data, refused } = after([change({ adds: [add(999, text("lost")), add(body, text("found", 400))], texts: [{ id: words, value: "new" }, null], removes: [null, { id: 999, parentId: 1 }] })]);
    expect(data[0]).toMatchObject({ adds: [{ node: { textContent: "found" } }], texts: [{ id: words, value: "new" }], removes: [] });
    expect(refused).toBe(1);
  });

  it("of a picture with nodes that cannot be", () => {
    const gate = new Gate(false);
    const good = element("p", { class: "x" }, text("good"));
    const [passed] = gate.admit([page(null as unknown as Node, withId(text("twice"), words), element("b\u0000d", { rr_mediaState: "played", x: {} }), { ...element("img"), isShadowHost: true }, { ...element("p"), childNodes: 7 }, good)]);
    const bodyOf = (e: RrEvent) => (e.data as { node: { childNodes: { childNodes: { childNodes: Node[] }[] }[] } }).node.childNodes[1]?.childNodes[1]?.childNodes ?? [];
    const kept = bodyOf(passed as RrEvent);
    expect(kept.map((n) => n.tagName ?? n.textContent)).toEqual(["words", "iframe", "style", "div", "img", "p", "p"]);
    expect(kept[3]?.attributes).toEqual({});
    expect(kept[4]?.isShadowHost).toBe(undefined);
    expect(kept.at(-1)).toEqual(good);
    expect(gate.refused).toBe(1);
  });

  it("down to a depth that browsers manage", () => {
    let deep = text("deepest");
    for (let i = 0; i < 10_000; i++) deep = element("div", {}, deep);
    const { refused } = (() => {
      const gate = new Gate(false);
      gate.admit([page(deep)]);
      return gate;
    })();
    expect(refused).toBe(1);
    // Elements that are added one by one cannot nest deeper either.
    const chain = Array.from({ length: 2000 }, (_, i) => change({ adds: [add(i ? 1_000_000 + i - 1 : body, withId(element("div"), 1_000_000 + i))] }));
    const grown = after(chain);
    expect(grown.data.length).toBeLessThan(520);
    expect(grown.refused).toBe(2000 - grown.data.length);
  });

  it("in an order in which each node's parent is there", () => {
    const { data, refused } = after([change({ adds: [add(501, text("in it", 502)), add(501, withId(element("b"), 503), { nextId: 502, previousId: -1 }), add(body, withId(element("p"), 501), { nextId: 12345 })] })]);
    expect((data[0]?.adds as unknown as { node: { id: number }; nextId: number | null; previousId: null }[]).map((a) => [a.node.id, a.nextId, a.previousId])).toEqual([
      [501, null, null],
      [503, null, null],
      [502, null, null],
    ]);
    expect(refused).toBe(0);
  });

  it("with sizes and times that screens have", () => {
    const { data } = after([event(meta, { href: "", width: 0, height: 1e9 }), event(incremental, { source: 4, width: 300, height: 200 }), event(meta, { width: "x" }), event(incremental, { source: 1, positions: [{ x: 1, y: 2, id: 1, timeOffset: 1e15 }, { x: 1, y: 2, id: 1, timeOffset: -1e15 }, null] })]);
    expect(data).toMatchObject([{ width: 1280, height: 800 }, { width: 300 }, { width: 300, height: 200 }, { positions: [{ timeOffset: 0 }, { timeOffset: -60_000 }] }]);
  });

  it("with a size of the page only where the page follows", () => {
    const gate = new Gate(false);
    const size = event(meta, { href: "", width: 300, height: 200 });
    const admitted = gate.admit([size, event(custom, { tag: "x" }), page(), size, change({}), size, event(fullSnapshot, { node: null })]);
    expect(admitted.map((e) => e.type)).toEqual([custom, meta, fullSnapshot, incremental, incremental, incremental]);
    expect(admitted[3]?.data).toEqual({ source: 4, width: 300, height: 200 });
  });

  it("with a size of the page at the time of the page: there is none between the two", () => {
    const admitted = new Gate(false).admit([{ ...event(meta, { href: "", width: 300, height: 200 }), timestamp: 1000 }, { ...event(custom, { tag: "x" }), timestamp: 1010 }, { ...page(), timestamp: 1050 }]);
    expect(admitted.map((e) => [e.type, e.timestamp])).toEqual([[custom, 1010], [meta, 1050], [fullSnapshot, 1050]]);
  });

  it("after a node was removed and comes again elsewhere, with what is in it", () => {
    const p = withId(element("p"), 600);
    const { data, refused } = after([change({ adds: [add(body, p), add(600, text("x", 601))] }), change({ removes: [{ id: 600, parentId: body }], adds: [add(head, p), add(600, text("x", 601))] })]);
    expect(data[1]).toMatchObject({ removes: [{ id: 600, parentId: body }], adds: [{ parentId: head }, { parentId: 600 }] });
    expect(refused).toBe(0);
  });

  it.each(["first", "last"])("after a node moved into a shadow tree, which tells of it %s, and out again", (when) => {
    const host = withId({ ...element("x-card"), isShadowHost: true }, 610);
    const p = (attributes = {}, isShadow?: true) => ({ ...withId(element("p", attributes), 611), ...(isShadow && { isShadow }) });
    const move = (adds: unknown[], removes: unknown[]) => (when === "first" ? [change({ adds }), change({ removes })] : [change({ removes }), change({ adds })]);
    const into = move([add(610, p({}, true)), add(611, text("x", 612))], [{ id: 611, parentId: body }]);
    const out = move([add(body, p({ class: "y" })), add(611, text("x", 612))], [{ id: 611, parentId: 610, isShadow: true }]);
    const { data, refused } = after([change({ adds: [add(body, host), add(body, p()), add(611, text("x", 612))] }), ...into, ...out, change({ texts: [{ id: 612, value: "z" }] }), change({ removes: [{ id: 611, parentId: body }] })]);
    const changes = data.map(({ removes, adds }) => [removes, (adds as unknown as { parentId: number; node: { id: number } }[]).map((a) => [a.parentId, a.node.id])]);
    const left = (parentId: number, isShadow?: true) => [{ parentId, id: 611, ...(isShadow && { isShadow }) }];
    const moved = (to: number, from: unknown) => {
      const adds = [[to, 611], [611, 612]];
      return when === "first" ? [[from, adds], [[], []]] : [[from, []], [[], adds]];
    };
    expect(changes.slice(1, 5)).toEqual([...moved(610, left(body)), ...moved(body, left(610, true))]);
    expect(data.slice(5)).toMatchObject([{ texts: [{ id: 612, value: "z" }] }, { removes: left(body) }]);
    expect(refused).toBe(0);
  });

  it("without a removal from a parent that the node is not in", () => {
    const { data } = after([change({ removes: [{ id: words, parentId: head }, { id: words, parentId: body, isShadow: true }] }), change({ texts: [{ id: words, value: "still there" }] })]);
    expect(data).toMatchObject([{ removes: [] }, { texts: [{ value: "still there" }] }]);
  });

  it("once, when two observers of the recorder tell of the same: a host of a shadow tree, a text", () => {
    const twice = () => [add(body, withId({ ...element("x-card"), isShadowHost: true }, 651)), add(body, text("y", 652))];
    const { data, refused } = after([change({ adds: twice() }), change({ adds: twice() })]);
    expect(data.map((d) => (d.adds as unknown as unknown[]).length)).toEqual([2, 0]);
    expect(refused).toBe(0);
  });

  it("with the document of a frame that comes again when it has loaded", () => {
    const document = (...childNodes: Node[]) => ({ type: 0, id: 650, childNodes });
    const html = () => withId(element("html", {}, withId(element("body", {}, text("z", 655)), 654)), 653);
    const { data, refused } = after([change({ adds: [add(frame, document())] }), change({ adds: [add(650, { ...html(), childNodes: [] })] }), change({ adds: [add(frame, document(html()))] }), change({ texts: [{ id: 655, value: "Z" }] })]);
    expect(data[2]?.adds).toMatchObject([{ parentId: frame, node: { id: 650, childNodes: [{ id: 653 }] } }]);
    expect(refused).toBe(0);
  });

  it("says in which document a node is, whatever the recording says", () => {
    const nested = { type: 0, id: 700, rootId: 700, childNodes: [{ ...element("html", {}, { ...text("x", 702), rootId: body }), rootId: 700 }] };
    const { data } = after([change({ adds: [add(frame, nested), add(body, { ...text("y", 703), rootId: frame })] })]);
    const [doc, y] = data[0]?.adds as unknown as { node: Node & { childNodes: { rootId: number; childNodes: { rootId: number }[] }[] } }[];
    expect([doc?.node.rootId, doc?.node.childNodes[0]?.rootId, doc?.node.childNodes[0]?.childNodes[0]?.rootId, y?.node.rootId]).toEqual([undefined, 700, 700, undefined]);
  });
});

describe("what leads elsewhere is left out", () => {
  const hostile = () => [
    change({ attributes: [{ id: frame, attributes: { src: far } }] }),
    change({ texts: [{ id: rules, value: `@import "${far}"` }] }),
    change({ adds: [add(sheet, text(`a { b: url(${far}) }`, 800))] }),
    change({ adds: [add(body, element("iframe", { src: far }))] }),
    event(incremental, { source: 8, id: sheet, adds: [{ rule: `a { b: url(${far}) }`, index: [0, 1] }], replaceSync: `a { b: url(${far}) }` }),
    event(incremental, { source: 13, id: sheet, index: [0], set: { property: "background", value: `url(${far})` } }),
    event(incremental, { source: 15, id: 1, styleIds: [1], styles: [{ styleId: 1, rules: [{ rule: `a { b: url(${far}) }`, index: 0 }] }] }),
  ];
  /** What is left of data, without the original values that are kept for inspection. */
  const shown = (data: unknown) => JSON.stringify(data, (key, value: unknown) => (key.startsWith("data-left-out-") ? undefined : value));

  it("wherever it comes", () => {
    const { data, refused } = after(hostile());
    expect(data).toHaveLength(hostile().length);
    expect(shown(data)).not.toMatch(/url\(http|src":"http|@import/);
    expect(refused).toBe(0);
  });
  it("unless it is asked for", () => expect(after(hostile(), page(), true).data).toEqual(hostile().map((e) => (e.data as { adds?: unknown }).adds && (e.data as { source: number }).source === 0 ? expect.anything() : e.data)));
  it("from a text that becomes a part of a style sheet", () => {
    const { data } = after([change({ texts: [{ id: words, value: `@import "${far}"` }] }), change({ removes: [{ id: words, parentId: body }], adds: [add(sheet, text("words", words))] })]);
    expect(data[0]).toMatchObject({ texts: [{ value: `@import "${far}"` }] }); // it is only text there
    expect(data[1]).toMatchObject({ adds: [{ node: { textContent: "" } }] });
  });
  it("from a link whose style sheet was written down", () => {
    const { data } = after([change({ adds: [add(head, withId(element("link", { _cssText: "a {}" }), 900)), add(900, text(`@import "${far}"`))] })]);
    expect(shown(data)).not.toContain("@import");
  });
  it("but not events that are only for the timeline", () => {
    const gate = new Gate(false);
    const events = [event(custom, { tag: "x", payload: far }), event(6, { plugin: "rrweb/console@1", payload: {} }), event(incremental, { source: 9, id: 1 })];
    expect(gate.admit(events)).toEqual(events);
    expect(gate.refused).toBe(0);
  });
});

describe("a gate takes time in proportion to what comes", () => {
  const through = (events: RrEvent[]) => void new Gate(false).admit([page(), ...events]);
  it.each<[string, (n: number) => RrEvent[]]>([
    ["many changes", (n) => Array.from({ length: n }, (_, i) => change({ adds: [add(body, text("x", 10_000 + i))] }))],
    ["many additions", (n) => [change({ adds: Array.from({ length: n }, (_, i) => add(body, withId(element("p", { class: "x" }), 10_000 + i))) })]],
    ["additions that wait for each other", (n) => [change({ adds: Array.from({ length: n }, (_, i) => add(i % 400 ? 10_000 + i - 1 : body, withId(element("p"), 10_000 + i))).reverse() })]],
    ["additions that wait in vain", (n) => [change({ adds: Array.from({ length: n }, (_, i) => add(20_000_000 + (i % 2), text("x", 10_000 + i))) })]],
    ["nodes that come and go", (n) => Array.from({ length: n }, () => change({ removes: [{ id: 10_000, parentId: body }], adds: [add(body, text("x", 10_000))] }))],
    ["a wide picture", (n) => [page(...Array.from({ length: n }, (_, i) => text("x", 10_000 + i)))]],
    ["comments beside the page", (n) => [change({ adds: Array.from({ length: n }, (_, i) => add(1, { type: 5, id: 10_000 + i, textContent: "x" })) })]],
    ["nodes below the depth", (n) => [page(Array.from({ length: n }).reduce<Node>((inner) => element("p", {}, inner), text("x")))]],
    ["many attributes", (n) => [change({ attributes: [{ id: body, attributes: Object.fromEntries(Array.from({ length: n }, (_, i) => [`a${i}`, far])) }] })]],
  ])("%s", (_, make) => expect(growth(make, through, 2_000)).toBeLessThan(64), 60_000);
});
