// Generates a long recording: somebody works for hours beside an AI panel whose answers stream. The events have the form, the batches and the inner
// compression in which posthog-js sends them. The same seed makes the same recording.
//
// The text is as varied as a language: of 20,000 words, the nth is used 1/n as often as the first. An answer grows as in a React page: every 50 ms the
// current paragraph gets a new text, as a whole. The panel keeps the last messages and drops earlier ones.
import { gzipSync } from 'node:zlib'

const vocabulary = 20_000
const chunkMs = 50
const kept = 40 // messages in the panel
const flushMs = 2000 // how often posthog-js sends

/** Returns a random number generator (mulberry32): numbers from 0 to 1. */
function randomOf(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** Returns a function that returns words. */
function wordsOf(random) {
  const pick = (letters) => letters[Math.floor(random() * letters.length)]
  const words = Array.from({ length: vocabulary }, (_, i) => Array.from({ length: 1 + Math.floor(Math.log10(i + 1)) }, () => pick('bcdfghklmnprstvw') + pick('aeiou') + (random() < 1 / 3 ? pick('lmnrst') : '')).join(''))
  const sums = new Float64Array(vocabulary)
  for (let i = 0, sum = 0; i < vocabulary; i++) sums[i] = sum += 1 / (i + 1)
  return () => {
    const wanted = random() * sums[vocabulary - 1]
    let [low, high] = [0, vocabulary - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if (sums[middle] < wanted) low = middle + 1
      else high = middle
    }
    return words[low]
  }
}

/**
 * Makes a recording that begins at `at` (Unix ms), with a number of hours and of megabytes of rrweb events as JSON. Yields each batch: { events } in order of
 * time, and { answer: { question, text, fromMs, toMs } } when an answer has ended. A full snapshot is taken every `snapshotMinutes`.
 */
export function* panel({ at, hours, megabytes, snapshotMinutes = 60, seed = 1 }) {
  const random = randomOf(seed)
  const word = wordsOf(random)
  const sentence = (n) => Array.from({ length: n }, word).join(' ')
  const length = (median) => Math.round(median * Math.exp(0.8 * (random() + random() + random() - 1.5) * 2))
  let id = 0
  const text = (value) => ({ type: 3, id: ++id, textContent: value })
  const element = (tagName, attributes, ...childNodes) => ({ type: 2, id: ++id, tagName, attributes, childNodes })
  const document = { type: 0, id: ++id, childNodes: [{ type: 1, id: ++id, name: 'html', publicId: '', systemId: '' }] }
  const rows = Array.from({ length: 400 }, (_, i) => element('tr', { class: 'row' }, element('td', {}, text(`Order ${i}`)), element('td', {}, text(sentence(6))), element('td', { class: 'price' }, text(String(Math.floor(random() * 1e4))))))
  const log = element('div', { role: 'log', class: 'messages' })
  const question = element('textarea', { placeholder: 'Ask anything' })
  const send = element('button', { type: 'submit', 'aria-label': 'Send' }, text('➤'))
  const style = element('style', { _cssText: '.row { padding: 4px } .messages { width: 400px } .assistant p { margin: 8px }'.repeat(30) })
  document.childNodes.push(element('html', { lang: 'en' }, element('head', {}, style), element('body', {}, element('main', {}, element('table', {}, element('tbody', {}, ...rows))), element('aside', {}, log, element('form', {}, question, send)))))

  const endMs = at + hours * 3_600_000
  const goal = megabytes * 1e6
  let [now, bytes, sentMs, snapshotMs] = [at, 0, at, 0]
  let waiting = []
  const emit = (type, data) => {
    const event = { type, data, timestamp: now }
    bytes += JSON.stringify(event).length + 1
    waiting.push(event)
  }
  const change = (data) => emit(3, { source: 0, texts: [], attributes: [], removes: [], adds: [], ...data })
  const bare = (node) => ({ ...node, childNodes: [] })
  /** Returns the additions of a node and its descendants as recorders write them: one for each node. */
  const added = (parentId, node) => [{ parentId, nextId: null, node: node.childNodes ? bare(node) : node }, ...(node.childNodes ?? []).flatMap((child) => added(node.id, child))]
  const snapshot = () => {
    emit(4, { href: 'http://app.test/orders', width: 1280, height: 800 })
    emit(2, { node: structuredClone(document), initialOffset: { top: 0, left: 0 } })
    snapshotMs = now
  }
  function* pass(ms) {
    now += ms
    if (now - sentMs < flushMs) return
    sentMs = now
    if (waiting.length > 0) yield { events: waiting }
    waiting = []
  }
  const post = (message) => {
    log.childNodes.push(message)
    const gone = log.childNodes.length > kept ? [log.childNodes.shift()] : []
    change({ adds: added(log.id, message), removes: gone.map((m) => ({ parentId: log.id, id: m.id })) })
  }
  const move = () => emit(3, { source: 1, positions: Array.from({ length: 8 }, (_, i) => ({ x: Math.floor(random() * 1280), y: Math.floor(random() * 800), id: send.id, timeOffset: -50 * (7 - i) })) })

  snapshot()
  while (now < endMs && bytes < goal) {
    if (now - snapshotMs >= snapshotMinutes * 60_000) snapshot()
    const asked = sentence(4 + Math.floor(random() * 12))
    for (let n = 4; n < asked.length; n += 4) { // typing
      emit(3, { source: 5, id: question.id, text: asked.slice(0, n), isChecked: false, userTriggered: true })
      yield* pass(180)
    }
    move()
    yield* pass(400)
    for (const type of [1, 0, 2]) emit(3, { source: 2, type, id: send.id, x: 1200, y: 760 })
    emit(3, { source: 5, id: question.id, text: '', isChecked: false, userTriggered: false })
    const fromMs = now
    post(element('div', { class: 'user' }, text(asked)))
    yield* pass(900 + Math.floor(random() * 1500)) // until the first words
    const answer = element('div', { class: 'assistant' })
    post(answer)
    const paragraphs = []
    for (let p = 1 + Math.floor(random() * 4); p > 0; p--) {
      const of = text('')
      const paragraph = element('p', {}, of)
      answer.childNodes.push(paragraph)
      change({ adds: added(answer.id, paragraph) })
      for (const size = length(1200); of.textContent.length < size; ) {
        of.textContent += `${word()} ${word()} ${word()} `
        change({ texts: [{ id: of.id, value: of.textContent }] })
        yield* pass(chunkMs)
      }
      paragraphs.push(of.textContent)
    }
    yield { answer: { question: asked, text: paragraphs.join('\n'), fromMs, toMs: now } }
    // Reading and other work. Its length makes the hours and the megabytes end together.
    for (const until = Math.max(now + 2000, Math.min(endMs, at + (bytes / goal) * hours * 3_600_000)); now < until; ) {
      move()
      yield* pass(Math.min(10_000, Math.max(500, until - now)))
    }
  }
  change({ texts: [] })
  yield { events: waiting }
}

/** Returns an event as posthog-js compresses it: a full snapshot as a whole, a mutation list by list. */
function compressed(event) {
  const pack = (value) => gzipSync(JSON.stringify(value), { level: 6 }).toString('latin1')
  if (event.type === 2) return { ...event, data: pack(event.data), cv: '2024-10' }
  if (event.type !== 3 || event.data.source !== 0) return event
  const data = { ...event.data }
  for (const name of ['texts', 'attributes', 'removes', 'adds']) data[name] = pack(data[name])
  return { ...event, data, cv: '2024-10' }
}

/** Returns the body of one POST /s/ with events, and the size of the events in bytes of JSON. */
export function bodyOf({ token, session, window, uuid, events }) {
  const size = events.reduce((sum, event) => sum + JSON.stringify(event).length, 0)
  const packed = events.map(compressed)
  const properties = { $snapshot_data: packed, $session_id: session, $window_id: window, $snapshot_bytes: JSON.stringify(packed).length, $lib: 'web', $lib_version: '1.449.2', distinct_id: 'visitor', token }
  const timestamp = new Date(events.at(-1).timestamp).toISOString()
  return { body: gzipSync(JSON.stringify([{ uuid, event: '$snapshot', properties, timestamp }]), { level: 6 }), size }
}
