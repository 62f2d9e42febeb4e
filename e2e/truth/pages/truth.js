// What really happened on this page, recorded by its own observers. Each fact is sent to the harness when it happens, so leaving the page loses
// none. Each has two times: the page's Date.now(), which the recorder uses, and the time of a correct clock.

const report = (kind, facts = {}) => window.truthSays?.({ kind, at: Date.now(), real: window.clock.real(), ...facts })

/** serial -> what is known about the answer to one question. */
const answers = new Map()
const visible = () => document.visibilityState === 'visible'
/** Counts letters, digits and emoji: what a reader perceives as text. */
const letters = (text) => text.match(/[\p{L}\p{N}\p{Extended_Pictographic}]/gu)?.length ?? 0

const lines = new Set(['P', 'DIV', 'LI', 'OL', 'UL', 'PRE', 'BLOCKQUOTE', 'TABLE', 'TR', 'TD', 'TH', 'BR', 'HR', 'H1', 'H2', 'H3', 'H4'])

/** The words of an element, without those of buttons in it. Elements that begin a line end a word. */
function wordsIn(element) {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT)
  let text = ''
  while (walker.nextNode()) {
    const node = walker.currentNode
    if (node.nodeType === Node.TEXT_NODE ? !node.parentElement?.closest('button') : lines.has(node.tagName)) text += node.data ?? '\n'
  }
  return text
}

/** Reports words that were added or became visible. `parts` returns the places that show the answer. Their names stay when they are rendered again. */
function look(serial) {
  const answer = answers.get(serial)
  for (const [name, element] of answer.parts()) {
    const count = letters(wordsIn(element))
    answer.there.set(name, Math.max(answer.there.get(name) ?? 0, count))
    if (visible()) show(answer, name, element, count)
    watchViewport(answer, name, element)
  }
  const [there, shown] = [total(answer.there), total(answer.shown)]
  if (there === answer.last.there && shown === answer.last.shown) return
  answer.last = { there, shown }
  report('words', { serial, there, shown })
}

/** Notes how many letters of a part are visible. `painted` has its text, and when it had how many letters. */
function show(answer, name, element, count) {
  if (count <= (answer.shown.get(name) ?? 0)) return
  answer.shown.set(name, count)
  const { log } = answer.painted.get(name) ?? { log: [] }
  log.push({ count, at: Date.now() })
  answer.painted.set(name, { text: wordsIn(element), log })
}

/** How fast the reader of docs/truth.md reads, ms a word. */
const readMs = 200

/** When each word of an answer was visible first, in the order of reading. Two characters of a script without spaces are a word. */
function paints(answer) {
  const times = []
  for (const [, { text, log }] of [...answer.painted].sort(([a], [b]) => a - b)) {
    let end = 0
    for (const word of text.match(/(?:\p{Script=Han}[^\p{L}\s]*){1,2}|[^\s\p{Script=Han}]+/gu) ?? []) {
      const count = letters(word)
      end += count
      const painted = count && log.find((entry) => entry.count >= end)
      if (painted) times.push(painted.at)
    }
  }
  return times
}

/** The formula of docs/truth.md, from the times at which words were painted. */
function smoothness(times) {
  if (!times.length) return null
  let [ready, waited] = [times[0], 0]
  for (const at of times) {
    waited += Math.max(0, at - ready)
    ready = Math.max(at, ready) + readMs
  }
  return (readMs * times.length) / (readMs * times.length + waited)
}

/** The recorder's numbers of nodes. A frame is recorded by the page around it. */
const mirror = () => (window.__PosthogExtensions__ ?? window.parent.__PosthogExtensions__)?.rrweb?.record?.mirror

/** The elements in which an answer is: the recorder's number of each, and the share of the answer's letters in it. None of them has anything else in it but its message, or the list of its rows. */
function nodes(serial, answer) {
  const parts = answer.parts().map(([, element]) => element)
  const within = mirror() && parts[0]?.closest(`[data-message="${serial}"]:not(.words), .list`)
  if (!within) return []
  const counts = new Map()
  for (const part of parts) {
    const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT)
    while (walker.nextNode()) {
      if (walker.currentNode.parentElement.closest('button')) continue
      const count = letters(walker.currentNode.data)
      for (let at = walker.currentNode.parentElement; count && within.contains(at); at = at.parentElement) counts.set(at, (counts.get(at) ?? 0) + count)
    }
  }
  const all = counts.get(within) ?? 0
  return [...counts].map(([element, count]) => ({ id: mirror().getId(element), share: count / all }))
}

const total = (counts) => [...counts.values()].reduce((sum, n) => sum + n, 0)

/**
 * Follows which characters of the answer come into the viewport, block by block. Blocks are named by their position, so rendering again keeps them. A
 * block is observed anew each time: its observer says nothing of one that grows and stays completely visible, or that is higher than the viewport.
 */
function watchViewport(answer, name, element) {
  const blocks = element.children.length ? [...element.children] : [element]
  blocks.forEach((block, i) => {
    block.truth = { answer, key: `${name}/${i}` }
    viewport.unobserve(block)
    viewport.observe(block)
  })
}

const viewport = new IntersectionObserver((entries) => {
  for (const { target, boundingClientRect: whole, intersectionRect: part, isIntersecting } of entries) {
    if (!isIntersecting || !visible() || !whole.height) continue
    const count = letters(wordsIn(target))
    const { answer, key } = target.truth
    const old = answer.inside.get(key) ?? [Infinity, 0]
    answer.inside.set(key, [
      Math.min(old[0], ((part.top - whole.top) / whole.height) * count),
      Math.max(old[1], ((part.bottom - whole.top) / whole.height) * count),
    ])
  }
}, { threshold: Array.from({ length: 21 }, (_, i) => i / 20) })

const mutations = new MutationObserver(() => [...answers.keys()].forEach(look))

export const truth = {
  report,
  /** Observes a document, or the shadow root of an element. */
  observe: (root) => mutations.observe(root, { subtree: true, childList: true, characterData: true, attributes: true }),
  /** Reports that a question was asked. `parts` returns where its answer will be. */
  asked(serial, text, parts) {
    answers.set(serial, { parts, there: new Map(), shown: new Map(), painted: new Map(), last: { there: 0, shown: 0 }, inside: new Map() })
    report('asked', { serial, text })
  },
  /** Registers the places of an answer, for a page that shows an answer it did not ask for. */
  shows(serial, parts) {
    if (!answers.has(serial)) answers.set(serial, { parts, there: new Map(), shown: new Map(), painted: new Map(), last: { there: 0, shown: 0 }, inside: new Map() })
    look(serial)
  },
  /** All of the answer has been rendered. `count` is its number of letters, from a list that renders only some rows. */
  complete(serial, count) {
    look(serial)
    report('complete', { serial, letters: count ?? total(answers.get(serial).there) })
  },
  letters,
  /** How many letters of an answer are in the page. */
  drawnLetters(serial) {
    look(serial)
    return total(answers.get(serial).there)
  },
  /** What is asked for before the page goes: the share of the answer's characters that were in the viewport at some time, its smoothness, and its elements. */
  measured(serial) {
    const answer = answers.get(serial)
    if (!answer) return null
    const seen = [...answer.inside.values()].reduce((sum, [from, to]) => sum + Math.max(0, to - from), 0)
    return { share: Math.min(1, seen / Math.max(1, total(answer.there))), smoothness: smoothness(paints(answer)), nodes: nodes(serial, answer) }
  },
}

/** Which answer a node is in or beside; undefined for none. */
function near(node, selector) {
  for (let at = node; at; at = at.parentNode ?? at.host) {
    if (at.matches?.(selector)) return Number(at.dataset.message)
  }
  return undefined
}

/** Reports what the user does, from the browser's events. */
export function listen() {
  // The innermost target: an event that leaves a shadow root seems to come from its host.
  const target = (event) => event.composedPath()[0]
  document.addEventListener('click', (event) => {
    const at = target(event)
    report('click', { serial: near(at, '[data-message]'), does: at.closest?.('[data-does]')?.dataset.does ?? null, link: Boolean(at.closest?.('a[href]')) })
  }, true)
  document.addEventListener('copy', () => report('copy', { serial: near(selected()?.anchorNode, '[data-message]'), text: String(selected() ?? '') }), true)
  document.addEventListener('selectionchange', () => {
    const selection = selected()
    if (selection && !selection.isCollapsed) report('select', { serial: near(selection.anchorNode, '[data-message]') })
  }, true)
  let last = 0
  document.addEventListener('scroll', () => {
    for (const answer of answers.values()) for (const [name, element] of answer.parts()) watchViewport(answer, name, element)
    if (performance.now() - last < 100) return
    last = performance.now()
    report('scroll', { outside: [...answers].filter(([, a]) => a.parts().every(([, e]) => outside(e))).map(([serial]) => serial) })
  }, true)
}

const selected = () => document.getSelection()
const outside = (element) => {
  const box = element.getBoundingClientRect()
  return box.bottom <= 0 || box.top >= innerHeight
}

document.addEventListener('visibilitychange', () => {
  report(document.visibilityState)
  for (const serial of answers.keys()) look(serial)
})
addEventListener('pagehide', () => report('pagehide'))
// What the browser says of the page's own requests: fetch, and which others have an entry.
new PerformanceObserver((list) => {
  for (const { name, initiatorType, startTime, responseStart, responseEnd } of list.getEntries()) {
    const at = (ms) => (ms ? performance.timeOrigin - (window.clock.began ?? 0) + ms : null)
    if (name.includes('//api.test')) report('resource', { name: new URL(name).pathname, initiatorType, start: at(startTime), first: at(responseStart), end: at(responseEnd) })
  }
}).observe({ type: 'resource', buffered: true })
truth.observe(document)
report('load', { type: performance.getEntriesByType('navigation')[0]?.type, began: performance.timeOrigin })
window.truth = truth
