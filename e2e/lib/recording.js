// Recordings and LLM events made by hand, for data that no honest page would send.
import { randomUUID } from 'node:crypto'

let id = 0
/** An element of a recorded page, in rrweb's serialised form. */
export const element = (tagName, attributes = {}, ...childNodes) => ({ type: 2, id: ++id, tagName, attributes, childNodes: childNodes.map(node) })
export const svg = (tagName, attributes = {}, ...childNodes) => ({ ...element(tagName, attributes, ...childNodes), isSVG: true })
const node = (child) => (typeof child === 'string' ? { type: 3, id: ++id, textContent: child } : child)

/** The first picture of a page: what the recorder sends when it starts. */
export function firstPicture(at, head, body, href = 'http://app.test/') {
  const html = element('html', {}, element('head', {}, ...head), body)
  return [
    { type: 4, data: { href, width: 1000, height: 700 }, timestamp: at },
    { type: 2, data: { node: { type: 0, id: ++id, childNodes: [{ type: 1, id: ++id, name: 'html', publicId: '', systemId: '' }, html] }, initialOffset: { top: 0, left: 0 } }, timestamp: at + 1 },
  ]
}

export const mutation = (at, { adds = [], attributes = [], texts = [], removes = [] }) =>
  ({ type: 3, data: { source: 0, adds, attributes, texts, removes }, timestamp: at })
export const mouse = (at, x, y) => ({ type: 3, data: { source: 1, positions: [{ x, y, id: 1, timeOffset: 0 }] }, timestamp: at })

/** The $snapshot event that carries rrweb events. */
export function snapshot(session, window, events) {
  return {
    uuid: randomUUID(), event: '$snapshot', timestamp: new Date(events.at(-1).timestamp).toISOString(),
    properties: { $session_id: session, $window_id: window, $snapshot_data: events, $snapshot_bytes: JSON.stringify(events).length, $lib: 'web', distinct_id: 'visitor' },
  }
}

/** An $ai_generation that ended at a time, as PostHog's wrappers send it. */
export function generation(at, { session, window, trace = randomUUID(), input, output, latency = 2, more = {} }) {
  return {
    uuid: randomUUID(), event: '$ai_generation', distinct_id: 'visitor', timestamp: new Date(at).toISOString(),
    properties: {
      $ai_provider: 'openai', $ai_model: 'gpt-5', $ai_latency: latency, $ai_trace_id: trace, $ai_http_status: 200,
      $ai_input: [{ role: 'user', content: input }], $ai_output_choices: [{ role: 'assistant', content: output }],
      ...(session && { $session_id: session }), ...(window && { $window_id: window }), ...more,
    },
  }
}

/** The recording of a page that counts seconds. Returns a function that makes the snapshot from one second to another. */
export function countingParts(session, window, at) {
  const count = element('p', {}, 'second 0')
  const second = (n) => [
    mutation(at + n * 1000, { texts: [{ id: count.childNodes[0].id, value: `second ${n}` }] }),
    mouse(at + n * 1000 + 10, 100 + n, 100),
  ]
  return (from, to) => snapshot(session, window, [
    ...(from === 0 ? firstPicture(at, [], element('body', {}, count)) : []),
    ...Array.from({ length: to - from }, (_, i) => second(from + i + 1)).flat(),
  ])
}

/** Thirty seconds of that recording, as one snapshot. */
export const counting = (session, window, at) => countingParts(session, window, at)(0, 30)
