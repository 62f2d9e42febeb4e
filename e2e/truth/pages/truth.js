// What really happened on this page, recorded by its own observers. Each fact is sent to the harness when it happens, so leaving the page loses
// none. Each has two times: the page's Date.now(), which the recorder uses, and the time of a correct clock.

const report = (kind, facts = {}) => window.truthSays?.({ kind, at: Date.now(), real: window.clock.real(), ...facts })

/** serial -> what is known about the answer to one question. */
const answers = new Map()
const visible = () => document.visibilityState === 'visible'
/** Counts letters, digits and emoji: what a reader perceives as text. */
const letters = (text) => text.match(/[\p{L}\p{N}\p{Extended_Pictographic}]/gu)?.length ?? 0

/** The words of an element, without those of buttons in it. */
function wordsIn(element) {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT)
  let text = ''
  while (walker.nextNode()) if (!walker.currentNode.parentElement?.closest('button')) text += walker.currentNode.data
  return text
}

/** Reports words that were added or became visible. `parts` returns the places that show the answer. Their names stay when they are rendered again. */
function look(serial) {
  const answer = answers.get(serial)
  for (const [name, element] of answer.parts()) {
    const count = letters(wordsIn(element))
    answer.there.set(name, Math.max(answer.there.get(name) ?? 0, count))
    if (visible()) answer.shown.set(name, Math.max(answer.shown.get(name) ?? 0, count))
    watchViewport(answer, name, element)
  }
  const [there, shown] = [total(answer.there), total(answer.shown)]
  if (there === answer.last.there && shown === answer.last.shown) return
  answer.last = { there, shown }
  report('words', { serial, there, shown })
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
    answers.set(serial, { parts, there: new Map(), shown: new Map(), last: { there: 0, shown: 0 }, inside: new Map() })
    report('asked', { serial, text })
  },
  /** Registers the places of an answer, for a page that shows an answer it did not ask for. */
  shows(serial, parts) {
    if (!answers.has(serial)) answers.set(serial, { parts, there: new Map(), shown: new Map(), last: { there: 0, shown: 0 }, inside: new Map() })
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
  /** The share of the answer's characters that were in the viewport at some time. */
  share(serial) {
    const answer = answers.get(serial)
    if (!answer) return null
    const seen = [...answer.inside.values()].reduce((sum, [from, to]) => sum + Math.max(0, to - from), 0)
    return Math.min(1, seen / Math.max(1, total(answer.there)))
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
truth.observe(document)
report('load', { type: performance.getEntriesByType('navigation')[0]?.type, visibility: document.visibilityState })
window.truth = truth
