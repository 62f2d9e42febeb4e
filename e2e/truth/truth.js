// What was true about each ask, derived from the facts that its pages reported. Times are those of the browser's clock. The order of events is by
// the correct clock, because a browser's clock may be set back in between.

/** A user who closes the pages within this time after the last words or, without words, after asking has `left`, ms. */
const leftMs = 15_000

/** The truth of every ask of one user. `problems` lists what did not happen as the scenario says: it then measures nothing. */
export function truthOf({ scenario, facts, windows, session, ids, closed, measured, calls }) {
  const asked = facts.filter((f) => f.kind === 'asked')
  return scenario.asks.map((ask, i) => {
    const n = i + 1
    const problems = []
    const own = facts.filter((f) => f.serial === n)
    const question = own.find((f) => f.kind === 'asked')
    const shown = increases(own.filter((f) => f.kind === 'words'))
    const [first, last] = [shown[0] ?? null, shown.at(-1) ?? null]
    const found = stateOf(own, facts, question)
    const state = ask.background ? 'unknown' : ask.state ?? 'seen'
    if (!question && !ask.background) problems.push('it was not asked')
    if (!ask.background && state !== 'unknown' && state !== found) problems.push(`its state is ${found}, and the table says ${state}`)
    const { signals, may } = question ? signalsOf({ scenario, ask, n, facts, question, last, asked, closed, problems }) : { signals: [], may: [] }
    return {
      n, state, either: ask.either ?? [state], askedMs: question?.at ?? null, firstMs: first?.at ?? null, lastMs: last?.at ?? null, signals, may,
      waitMs: question && first ? first.real - question.real : null, stalls: stallsOf(shown), share: -1, smoothness: null, nodes: [], ...measured[i],
      session: ids[n]?.session ?? session, window: question ? ids[n]?.window ?? windows[question.page] : null, link: ask.link ?? 'linked', background: Boolean(ask.background), tools: Boolean(ask.tools),
      steps: stepsOf(own, facts, question, first, calls.find((c) => c.serial === n && c.text)), calls: calls.filter((c) => c.serial === n), closed: closed.real, problems,
    }
  })
}

/**
 * When the steps between asking and the first words happened, by a correct clock; null where nobody saw it. A chat with requests of its own does not say which one is an answer's: it is
 * the first one after the question. What of it has the first words is not known then.
 */
function stepsOf(own, facts, question, first, call) {
  const real = (kind) => own.find((f) => f.kind === kind)?.real ?? null
  const sent = real('request') ?? (question && facts.find((f) => f.kind === 'resource' && f.start >= question.real - 100)?.start) ?? null
  return { asked: question?.real ?? null, sent, received: call?.real.received ?? null, began: call?.real.began ?? null, token: call?.real.token ?? null, arrived: real('arrived'), words: first?.real ?? null }
}

/** The facts at which more words were visible than ever before. */
function increases(words) {
  let most = 0
  return words.filter((f) => f.shown > most && (most = f.shown))
}

/** A time without new words counts as a stall from this on, ms. */
const stallMs = 2000

/** The stalls between the first and the last words. Those that are almost as long as stalls are `close`: whether they are one depends on milliseconds. */
function stallsOf(shown) {
  const gaps = shown.slice(1).map((f, i) => ({ fromMs: shown[i].at, toMs: f.at, lasted: f.real - shown[i].real }))
  return gaps.filter(({ lasted }) => lasted >= stallMs - closeMs).map(({ lasted, ...stall }) => ({ ...stall, close: Math.abs(lasted - stallMs) <= closeMs }))
}

/** How exact times are, ms. */
const closeMs = 150

function stateOf(own, facts, question) {
  const words = own.filter((f) => f.kind === 'words')
  const complete = own.find((f) => f.kind === 'complete')
  const visible = Math.max(0, ...words.map((f) => f.shown))
  if (!words.some((f) => f.there)) return 'not_shown'
  if (!visible) return 'not_visible'
  if (complete) return visible >= complete.letters ? 'seen' : 'partly'
  return facts.some((f) => f.kind === 'click' && f.does === 'stop' && question && f.real >= question.real) ? 'stopped' : 'partly'
}

/**
 * The signals of one ask: those that the table names, each with the fact that shows it, and those that follow from the times. Signals in `may` are
 * right whether Playhead finds them or not.
 */
function signalsOf({ scenario, ask, n, facts, question, last, asked, closed, problems }) {
  const later = asked.filter((f) => f.serial !== n && f.real > question.real)
  const next = later.find((f) => (scenario.asks[f.serial - 1].chat ?? 0) === (ask.chat ?? 0))
  const as = next && scenario.asks[next.serial - 1].as
  const after = facts.filter((f) => f.real >= question.real)
  const waiting = last ? after.filter((f) => f.real <= last.real) : after
  const signals = []
  const may = [...(ask.may ?? [])]
  for (const kind of ask.signals ?? []) {
    const fact = evidence[kind]({ n, after, waiting, next, as })
    if (fact) signals.push({ kind, atMs: fact.at })
    else problems.push(`nothing shows that its user ${kind.replaceAll('_', ' ')}`)
  }
  if (next && !as) signals.push({ kind: 'went_on', atMs: next.at })
  if (as === 'thanks' || as === 'complaint') may.push('went_on') // it is the next question, too
  const gone = leaving(facts, closed)
  if (gone.real - (last ?? question).real < leftMs) {
    if (!later.length) signals.push({ kind: 'left', atMs: gone.at })
    // Another question came between asking and the last words: whether the user left both answers or only the other one is a matter of definition.
    else if (last && later.every((f) => f.real <= last.real)) may.push('left')
  }
  // Nothing is said of a user who is not known.
  if (ask.link) return { signals: [], may: [...may, ...signals.map((s) => s.kind)] }
  return { signals, may }
}

/** When the user was in the page last: when it was hidden for good or, if the page could not report it, when it was closed. */
function leaving(facts, closed) {
  const hidden = facts.slice(facts.findLastIndex((f) => f.kind === 'visible') + 1).find((f) => f.kind === 'hidden')
  return hidden && new Set(facts.map((f) => f.page)).size === 1 ? hidden : closed
}

const click = (does) => ({ n, after }) => after.find((f) => f.kind === 'click' && f.does === does && f.serial === n)
const nextIs = (wanted) => ({ next, as }) => as === wanted && next

/** The fact that shows a signal: of all that came after the question, or of what came while its user waited. */
const evidence = {
  copied: ({ n, after }) => after.find((f) => (f.kind === 'copy' || (f.kind === 'click' && f.does === 'copy')) && f.serial === n),
  selected: ({ n, after }) => after.find((f) => f.kind === 'select' && f.serial === n),
  followed_link: ({ n, after }) => after.find((f) => f.kind === 'click' && f.link && f.serial === n),
  retried: nextIs('retry'),
  asked_again: ({ next, as, waiting }) => as === 'again' && waiting.includes(next) && next,
  raged: ({ waiting }) => {
    const clicks = waiting.filter((f) => f.kind === 'click')
    return clicks.find((f, i) => i >= 2 && f.real - clicks[i - 2].real < 1000)
  },
  dead_click: ({ waiting }) => waiting.find((f) => f.kind === 'click' && f.does === null),
  scrolled_away: ({ n, waiting }) => waiting.find((f) => f.kind === 'scroll' && f.outside.includes(n)),
  switched_away: ({ waiting }) => waiting.find((f) => f.kind === 'hidden'),
  reloaded: ({ after }) => {
    const load = after.find((f) => f.kind === 'load' && f.type === 'reload')
    return load && { ...load, at: load.began }
  },
  stopped: ({ after }) => after.find((f) => f.kind === 'click' && f.does === 'stop'),
  thumbs_up: click('up'),
  thumbs_down: click('down'),
  thanked: nextIs('thanks'),
  complained: nextIs('complaint'),
}
