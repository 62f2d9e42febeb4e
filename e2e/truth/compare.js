// Compares the truth with what Playhead says about the same answers.
import { setTimeout as pause } from 'node:timers/promises'
import { read } from '../lib/playhead.js'

/** Playhead abstains for an answer whose uncertainty is greater than this, ms. */
export const abstainMs = 500

/** The derived rows of an answer are final when they have not changed for this long, ms. They are stored within five seconds of the last byte. */
const settledMs = 6000

/** Whether a user has left is known only some time after their last activity. It must be known this long after the pages were closed, ms. */
const leftKnownMs = 30_000

/**
 * Reads what Playhead says about the generation of an ask, once it does not change any more. For a tool loop it reads the trace's answer. Without
 * `patience` it does not wait until it is known who left.
 */
export async function said(playhead, truth, patience = true) {
  const call = truth.calls.at(-1)
  if (!call) return null
  // Reading a trace is work for the server, which is measured while it derives other answers.
  if (patience) await pause(Math.max(0, truth.closed + leftKnownMs - settledMs - Date.now()))
  let [last, since] = ['', Date.now()]
  const end = Date.now() + 90_000
  for (;;) {
    const answer = await json(playhead, `/api/traces/${call.trace}`)
    const generation = answer?.nodes.findLast((node) => (call.uuid ? node.id === call.uuid : node.kind === 'generation'))
    const of = truth.tools ? answer : generation
    const now = of ? { link: of.link, seen: of.seen ?? null, reaction: of.reaction ?? null } : null
    const text = JSON.stringify(now)
    if (text !== last) [last, since] = [text, Date.now()]
    const settled = now && now.link.state !== 'pending' && Date.now() - since >= settledMs && (!patience || Date.now() - truth.closed >= leftKnownMs)
    if (settled || Date.now() > end) return now
    await pause(2000)
  }
}

async function json(playhead, path) {
  const response = await read(playhead, path)
  return response.ok ? response.json() : null
}

/** When each of a session's windows has its first picture, by the browser's clock. */
export async function windowsOf(playhead, session) {
  const answer = await json(playhead, `/api/sessions/${session}`)
  return new Map((answer?.window_list ?? []).map((w) => [w.id, w.first_snapshot_ms]))
}

/** One row of the results: the errors of one answer. Times are in milliseconds; null where there is nothing to compare. */
export function compare(scenario, truth, answer, windows) {
  const [link, seen, reaction] = [answer?.link, answer?.seen, answer?.reaction]
  return {
    scenario: scenario.name, n: truth.n, heldOut: Boolean(scenario.held_out), ids: scenario.page.ids ?? 'headers', skewed: Boolean(scenario.page.clock || scenario.backend?.clock || scenario.page.jumps || scenario.backend?.own),
    probe: Boolean(scenario.page.probe),
    problems: truth.problems, truth: { state: truth.state, askedMs: truth.askedMs, firstMs: truth.firstMs, lastMs: truth.lastMs, waitMs: truth.waitMs, share: truth.share, smoothness: truth.smoothness, stalls: truth.stalls, steps: truth.steps, signals: truth.signals },
    said: answer && { link, seen, reaction },
    link: linkOf(truth, link, windows),
    seen: seen ? seenOf(truth, seen) : null,
    signals: seen ? signalsOf(truth, reaction?.signals ?? []) : null,
  }
}

/**
 * Right: linked to the session and window in which the user asked. Wrong: to another one. Missed: not linked. Where the session cannot be told, it is
 * right to offer the candidates, if the user's session is one of them.
 */
function linkOf(truth, link, windows) {
  const linked = link?.state === 'linked'
  const offered = truth.link !== 'linked' && link?.reason === 'ambiguous' && link.candidates?.length >= 2 && link.candidates.some((c) => c.session_id === truth.session)
  const right = linked ? truth.link !== 'ambiguous' && link.session_id === truth.session : offered
  const outcome = right ? 'right' : linked ? 'wrong' : 'missed'
  const window = linked && outcome === 'right' && truth.window ? link.window_id === truth.window : null
  let momentMs = null
  if (linked && truth.askedMs !== null && link.moment_ms !== null) {
    const due = Math.max(truth.askedMs - 5000, windows.get(truth.window) ?? -Infinity)
    momentMs = link.moment_ms - due
  }
  return { outcome, window, momentMs, method: link?.method ?? null, confidence: link?.confidence ?? null }
}

function seenOf(truth, seen) {
  const abstains = seen.state === 'unknown' || (seen.uncertainty_ms ?? 0) > abstainMs
  const unknowable = truth.either.length === 1 && truth.state === 'unknown'
  const timesOf = ['not_shown', 'not_visible', 'unknown'].includes(truth.state) ? { asked: truth.askedMs, first: null, last: null } : { asked: truth.askedMs, first: truth.firstMs, last: truth.lastMs }
  const given = { asked: seen.asked_ms, first: seen.first_words_ms, last: seen.last_words_ms }
  const errors = {}
  for (const name of ['asked', 'first', 'last']) {
    // A time is wrong if there should be none. A missing time is wrong, too, unless Playhead abstains.
    errors[name] = abstains ? null : given[name] === null || given[name] === undefined ? (timesOf[name] === null ? null : 'missing') : timesOf[name] === null ? 'invented' : given[name] - timesOf[name]
  }
  return {
    state: seen.state, reason: seen.reason ?? null, abstains, right: truth.either.includes(seen.state), unknowable,
    backgroundAsked: truth.background && seen.asked_ms != null, errors, uncertaintyMs: seen.uncertainty_ms ?? null,
    ...(abstains || timesOf.first === null ? {} : shownOf(truth, seen)),
    share: seen.share == null || truth.share < 0 ? null : seen.share - truth.share, shareUncertainty: seen.share_uncertainty ?? null,
  }
}

/** The errors of what is given of an answer that was shown. */
function shownOf(truth, seen) {
  const near = (a, b) => Math.abs(a.fromMs - b.from_ms) <= stallMs && Math.abs(a.toMs - b.to_ms) <= stallMs
  const said = seen.stalls ?? []
  return {
    waitMs: truth.waitMs === null || seen.perceived_wait_s == null ? null : Math.round(seen.perceived_wait_s * 1000 - truth.waitMs),
    smoothness: truth.smoothness === null || seen.smoothness == null ? null : seen.smoothness - truth.smoothness,
    stalls: {
      found: truth.stalls.filter((stall) => !stall.close && said.some((s) => near(stall, s))).length,
      missed: truth.stalls.filter((stall) => !stall.close && !said.some((s) => near(stall, s))).length,
      invented: said.filter((s) => !truth.stalls.some((stall) => near(stall, s))).length,
    },
    node: nodeOf(truth, seen.node),
    parts: partsOf(truth, seen.wait_parts ?? []),
  }
}

/** From where to where each part of a wait goes (docs/truth.md). */
const ends = {
  page: ['asked', 'sent'], network_there: ['sent', 'received'], queue: ['received', 'began'], model: ['began', 'token'], network_back: ['token', 'arrived'], rendering: ['arrived', 'words'],
  before_call: ['asked', 'began'], network_and_queue: ['sent', 'began'], network_and_rendering: ['token', 'words'],
}

/** The errors of the parts of a wait, ms. Null where the page or the backend do not know an end. */
const partsOf = ({ steps }, parts) => Object.fromEntries(parts.map(({ kind, s }) => {
  const [from, to] = ends[kind].map((end) => steps[end])
  return [kind, from === null || to === null ? null : Math.round(s * 1000 - (to - from))]
}))

/** How far apart the ends of one and the same stall may be, ms. */
const stallMs = 150

/** Right: the element has all of the answer in it and nothing of another message. Part: it has only a part of it. Null where the page could not tell. */
function nodeOf({ nodes }, id) {
  if (!nodes.length || id == null) return null
  const share = nodes.find((node) => node.id === id)?.share ?? 0
  return share >= 0.9 ? 'right' : share ? 'part' : 'wrong'
}

function signalsOf(truth, all) {
  const given = new Set(all.map((s) => s.kind))
  const wanted = new Set(truth.signals.map((s) => s.kind))
  return {
    found: [...wanted].filter((kind) => given.has(kind)),
    missed: [...wanted].filter((kind) => !given.has(kind)),
    invented: [...given].filter((kind) => !wanted.has(kind) && !truth.may.includes(kind)),
    late: Object.fromEntries(truth.signals.filter(({ kind }) => given.has(kind)).map(({ kind, atMs }) => [kind, Math.round(all.find((s) => s.kind === kind).at_ms - atMs)])),
  }
}
