// Plays one scenario: opens the browser's contexts, acts as the users, and collects the facts that the pages report and the calls that the backend made.
import { setTimeout as pause } from 'node:timers/promises'
import { eventually } from '../lib/ui.js'
import { read } from '../lib/playhead.js'
import { steps } from './act.js'
import { startChainlit } from './chats/chainlit.js'
import { startBackend } from './backend.js'
import { startSite } from './site.js'

/** How long a page, an answer or an upload may take on a busy machine, ms. */
const patience = 90_000

/**
 * A user who does not leave on purpose stays this long at the end, ms. The recorder, which sends every two seconds, has then sent everything. What it
 * sends while a page is closed may be lost.
 */
const sendMs = 3000

/** The same after the browser's clock was set, ms: the end of the recording does not tell then whether all of it has arrived. */
const sendJumpedMs = 9000

/** Starts the site and the backends for scenarios. */
export async function startStage({ browser, playhead }, scenarios) {
  const site = await startSite(scenarios, playhead)
  const chainlits = new Map() // by their backends
  const calls = []
  const backends = new Map() // by their clock
  const start = (clock) => startBackend({ clock, playhead: playhead.url, token: playhead.token, heard: (call) => calls.push(call) })
  const backendOf = async ({ backend = {} }) => {
    const clock = backend.clock ?? 0
    if (backend.own) {
      const own = start(clock)
      backends.set(own, own)
      return own
    }
    if (!backends.has(clock)) backends.set(clock, start(clock))
    return backends.get(clock)
  }
  /** The address of the page, for a chat that has a server of its own. */
  const ownPage = async (scenario, backend) => {
    if (scenario.page.view !== 'chainlit') return undefined
    if (!chainlits.has(backend)) chainlits.set(backend, startChainlit({ script: `http://app.test:${site.port}/chainlit.js`, model: `http://127.0.0.1:${backend.port}/chainlit` }))
    return `http://app.test:${(await chainlits.get(backend)).port}/`
  }
  return {
    /** Plays a scenario. Returns a list with an entry for each user. */
    async play(scenario) {
      const backend = await backendOf(scenario)
      const own = await ownPage(scenario, backend)
      const together = barrier(scenario.users ?? 1)
      const users = await Promise.all(Array.from({ length: scenario.users ?? 1 }, (_, i) => enter({ browser, playhead, site, own, backend, scenario, together, key: `${scenario.name}~${i + 1}` })))
      try {
        // Users with the same actions act at the same time.
        for (const [name, ...args] of scenario.does) await Promise.all(users.map((user) => steps[name](user, ...args)))
        if (!users[0].closed) {
          await pause(scenario.page.jumps ? sendJumpedMs : sendMs)
          // On a busy machine this takes longer, and posthog-js may fail to send the end when the page is closed.
          await Promise.all(users.map((user) => uploaded(playhead, user)))
        }
        await Promise.all(users.map((user) => user.close()))
        await Promise.all(users.map(async (user) => { user.incomplete = !(await uploaded(playhead, user)) }))
        await eventually('the calls have ended', () => users.every((user) => called(user, calls).length >= expected(scenario)), patience)
      } finally {
        await Promise.all(users.map((user) => user.context.close()))
      }
      return users.map((user) => ({ scenario, key: user.key, facts: user.facts, session: user.session, windows: user.windows, ids: user.ids, closed: user.closed, measured: user.measured, incomplete: user.incomplete, calls: called(user, calls) }))
    },
    async stop() {
      await Promise.allSettled([...chainlits.values()].map(async (chainlit) => (await chainlit).stop()))
      await Promise.all([...backends.values()].map(async (backend) => (await backend).stop()))
      site.stop()
    },
  }
}

/** Returns a function that waits until it has been called `count` times. */
function barrier(count) {
  let waiting = []
  return () => new Promise((go) => {
    waiting.push(go)
    if (waiting.length < count) return
    waiting.forEach((one) => one())
    waiting = []
  })
}

const called = (user, calls) => calls.filter((call) => call.key === user.key)

/** How many calls the asks of a scenario make: a tool loop makes one for each of its rounds, and one more. */
const expected = ({ asks }) => asks.reduce((sum, ask) => sum + (ask.tools ? (ask.rounds ?? 1) + 1 : 1), 0)

/** Opens the page as a new user, and waits until it records. */
async function enter({ browser, playhead, site, own, backend, scenario, together, key }) {
  const context = await browser.newContext({ viewport: { width: 900, height: 640 } })
  const [facts, waiting, pages] = [[], new Set(), []]
  const user = {
    scenario, key, context, backend, together, facts, windows: {}, ids: {}, shift: scenario.page.clock ?? 0, closed: null, session: null, measured: [], incomplete: false,
    page: null,
    frame: () => (scenario.page.iframe ? user.page.frames().find((f) => f.url().includes('inner=1')) : user.page.mainFrame()),
    /** Waits for a fact that was reported already or is reported later. */
    heard: (what, is) => (facts.some(is) ? undefined : new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${key}: ${what}: not within ${patience} ms. The last facts: ${JSON.stringify(facts.slice(-3))}`)), patience)
      const one = { is, resolve: () => clearTimeout(timer) ?? resolve() }
      waiting.add(one)
    })),
    next: (n) => user.frame().evaluate((serial) => { window.next = serial }, n),
    async recorded() {
      await user.page.waitForFunction(() => window.posthog?.sessionRecordingStarted?.() === true, undefined, { timeout: patience })
      const { session, window } = await idsOf(user.page)
      user.session = session
      user.windows[0] = window
    },
    /** Notes the session and the window in which a question was asked: posthog-js begins new ones when its clock has jumped by half an hour. */
    async noteIds(n) {
      user.ids[n] = await idsOf(user.page)
    },
    /** Asks the pages what they have measured of each answer. It must be called before one goes. */
    async measure() {
      const frames = pages.flatMap((p) => p.frames())
      await Promise.all(scenario.asks.map(async (_, i) => {
        const all = await Promise.all(frames.map((f) => f.evaluate((n) => window.truth?.measured(n) ?? null, i + 1).catch(() => null)))
        for (const { share, smoothness, nodes } of all.filter(Boolean)) {
          const so = user.measured[i] ??= { share: -1, smoothness: null, nodes: [] }
          so.share = Math.max(so.share, share)
          so.smoothness = smoothness ?? so.smoothness
          if (nodes.length) so.nodes = nodes
        }
      }))
    },
    setVisible: (visible) => setVisible(user.page, visible),
    async close() {
      if (user.closed) return
      await user.measure()
      user.closed = { real: Date.now(), at: Date.now() + user.shift }
      await Promise.all(pages.map((p) => p.close({ runBeforeUnload: true })))
      await eventually('the pages are closed', () => context.pages().length === 0, patience)
    },
  }
  context.setDefaultTimeout(patience)
  await context.exposeBinding('truthSays', ({ page }, fact) => {
    const told = { ...fact, page: pages.indexOf(page) }
    facts.push(told)
    for (const one of waiting) {
      if (!one.is(told)) continue
      waiting.delete(one)
      one.resolve()
    }
  })
  context.on('page', async (page) => {
    pages.push(page)
    if (pages.length > 1) user.windows[pages.length - 1] = await idsOf(page).then(({ window }) => window, () => null)
  })
  user.page = await context.newPage()
  const { suggestions, ...rest } = scenario.page
  site.add(key, { ids: 'headers', ...rest, suggestions, key, api: backend.port, playhead: playhead.captureURL, token: playhead.token })
  await user.page.goto(own ? `${own}?key=${key}` : `http://app.test:${site.port}/chat/${key}`)
  await user.recorded()
  return user
}

async function idsOf(page) {
  await page.waitForFunction(() => window.posthog?.sessionManager, undefined, { timeout: patience })
  const { sessionId, windowId } = await page.evaluate(() => window.posthog.sessionManager.checkAndGetSessionAndWindowId(true))
  return { session: sessionId, window: windowId }
}

/** Hides a tab, or shows it again, as if the user went to another one. */
async function setVisible(page, visible) {
  await page.evaluate((shown) => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => (shown ? 'visible' : 'hidden') })
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => !shown })
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
  }, visible)
}

/** Waits until all of a user's recording has arrived: for each window, it must reach the page's last fact. Returns whether it has. */
async function uploaded(playhead, user) {
  const last = new Map() // by window
  for (const { kind, page, at } of user.facts) if (kind === 'words' || kind === 'asked') last.set(user.windows[page], Math.max(at, last.get(user.windows[page]) ?? 0))
  return eventually(`${user.key}: the recording is uploaded`, async () => {
    const response = await read(playhead, `/api/sessions/${user.session}`)
    if (!response.ok) return false
    const ends = new Map((await response.json()).window_list.map((w) => [w.id, w.end_ms]))
    return [...last].every(([window, at]) => ends.get(window) >= at - 200)
  }, 30_000).then(() => true, () => false)
}
