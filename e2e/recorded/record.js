// Records sessions with a published, unmodified posthog-js in real Chromium. The pages change in all the ways in which recorders see changes,
// and each page captures itself at some moments.
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { listen } from '../lib/listen.js'
import { read, root } from '../lib/playhead.js'
import { eventually } from '../lib/ui.js'
import { outline } from './outline.js'

export const versions = ['posthog-js-1.240', 'posthog-js-1.300', 'posthog-js']

/**
 * For each tab its groups of parts of internal/dom/testdata/record/page.html, each part with about how many steps it has. The tabs play at the
 * same time. Between two groups the tab is reloaded.
 */
const tabs = [
  [[['chat', 120]], [['shadow', 30], ['across', 24], ['frames', 20]]],
  [[['list', 120], ['churn', 80]]],
]

/** What a recorded page shows when its tab has ended. */
const ended = 'That was the whole recording.'

/**
 * Plays and records a session with one version. `times` is how long chat and churn take, as multiples of three and two seconds; `moments` is how
 * often each part captures itself. Returns the session's id and the moments: { window, part, at, rows }, in Unix milliseconds of the browser's clock.
 */
export async function record({ browser, playhead }, npm, { times = 1, moments = 2 } = {}) {
  const site = await startSite(npm, playhead)
  const context = await browser.newContext({ viewport: { width: 900, height: 700 } })
  try {
    const first = await context.newPage()
    await open(first, site) // the second tab finds the session of the first
    const others = await Promise.all(tabs.slice(1).map(() => context.newPage()))
    await Promise.all(others.map((page) => open(page, site)))
    const all = await Promise.all(tabs.map((groups, i) => playTab(i === 0 ? first : others[i - 1], groups, { times, moments })))
    const session = await first.evaluate(() => window.posthog.get_session_id())
    for (const { window } of all) await eventually(`the recording of tab ${window} has arrived`, () => arrived(playhead, session, window), 90_000)
    return { session, moments: all.flatMap((tab) => tab.moments) }
  } finally {
    await context.close()
    site.stop()
  }
}

async function arrived(playhead, session, window) {
  const answer = await read(playhead, `/api/sessions/${session}/dom?window=${window}&t=${Date.now() + 60_000}`)
  return answer.ok && (await answer.json()).text.includes(ended)
}

async function open(page, site) {
  await page.goto(site.url)
  await recording(page)
}

async function recording(page) {
  await eventually('it records', () => page.evaluate(() => window.posthog.sessionRecordingStarted() && window.__PosthogExtensions__?.rrweb?.record?.mirror?.getId(document.body) > 0), 60_000)
  await page.click('h1') // nothing is uploaded before somebody does something
}

async function playTab(page, groups, { times, moments }) {
  const found = []
  for (const [i, group] of groups.entries()) {
    if (i > 0) {
      await page.reload()
      await recording(page)
    }
    for (const [part, steps] of group) {
      const long = part === 'chat' || part === 'churn' ? times : 1
      await page.evaluate(capturing, { capture: outline.toString(), chosen: stepsOf(part, moments, steps * long) })
      await page.evaluate(({ part, long }) => window.play(part, long), { part, long })
      found.push(...(await page.evaluate(() => window.moments)).map((moment) => ({ part, ...moment })))
    }
  }
  const window = await page.evaluate((text) => {
    document.querySelector('h1').textContent = text
    return window.posthog.sessionManager.checkAndGetSessionAndWindowId(true).windowId
  }, ended)
  return { window, moments: found.map((moment) => ({ window, ...moment })) }
}

/** The steps of a part after which it captures itself: pseudo-random, and the same in each run. */
function stepsOf(part, moments, steps) {
  const chosen = []
  for (let seed = part.length; chosen.length < moments; ) {
    seed = (seed * 16807 + 11) % 2147483647
    if (!chosen.includes(seed % steps)) chosen.push(seed % steps)
  }
  return chosen
}

/** In the page: captures it after each chosen step, when the changes of that step have been recorded, and before the next step. */
function capturing({ capture, chosen }) {
  const outline = new Function(`return ${capture}`)()
  const pause = (ms) => new Promise((done) => setTimeout(done, ms))
  const frames = (document) => [...document.querySelectorAll('iframe')].flatMap((f) => (f.contentDocument ? [f.contentDocument, ...frames(f.contentDocument)] : []))
  let step = 0
  window.moments = []
  window.between = async () => {
    if (!chosen.includes(step++)) return
    // Recorders look at a frame's document when it has loaded, in a separate task.
    while (!frames(document).every((d) => d.readyState === 'complete')) await pause(10)
    await pause(100)
    window.moments.push({ at: Date.now(), rows: outline(document) })
    await pause(20)
  }
}

/** Serves the page with a published posthog-js that starts at once. */
async function startSite(npm, playhead) {
  const script = await readFile(join(dirname(fileURLToPath(import.meta.resolve(npm))), 'array.full.js'))
  const page = await readFile(join(root, 'internal/dom/testdata/record/page.html'))
  const config = { api_host: playhead.captureURL, opt_out_useragent_filter: true, capture_pageview: false, session_recording: { maskAllInputs: false } }
  const server = createServer((request, response) => {
    if (request.url === '/start.js') return response.setHeader('Content-Type', 'text/javascript').end(`${script}\n;posthog.init(${JSON.stringify(playhead.token)}, ${JSON.stringify(config)})`)
    response.setHeader('Content-Type', 'text/html').end(page)
  })
  const port = await listen(server)
  return {
    url: `http://app.test:${port}/`,
    stop() {
      server.closeAllConnections()
      server.close()
    },
  }
}
