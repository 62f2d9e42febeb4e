// Measures the UI against the real binary. First: how long it takes until the first page can be used in a browser with an empty cache, and how much script
// that takes. Second: the longest task of the page's main thread while it shows heavy content: scripts, style and layout together, as Chromium's own trace
// reports them. Each case is one page, which is opened and then scrolled to its end.
//
//     node bench/ui/measure.mjs -out bench/results/NAME.json [-only TEXT] [-bin bin/playhead]
//
// -only first measures only the first page, -only scrolling only the long trace.
//     node bench/ui/measure.mjs -table before.json,after.json > bench/results/NAME.md
import { readFile, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { execFileSync } from 'node:child_process'
import { sendBelievable } from '../../e2e/lib/believable.js'
import { startBrowser } from '../../e2e/lib/browser.js'
import { heavyCases, heavyTrace, send } from '../../e2e/lib/heavy.js'
import { root, startServer } from '../../e2e/lib/playhead.js'

/** How long a page may take to show something, ms. Longer is reported as "never". */
const patience = 30_000

/** How often the first page is opened. The median is reported, because one load depends on what else the machine does. */
const loads = 9

const traced = ['disabled-by-default-devtools.timeline', 'devtools.timeline', 'toplevel', 'blink.user_timing', '__metadata']

const args = Object.fromEntries(process.argv.slice(2).flatMap((a, i, all) => (a.startsWith('-') ? [[a.replace(/^-+/, ''), all[i + 1]]] : [])))
if (args.table) table(await Promise.all(args.table.split(',').map(async (f) => JSON.parse(await readFile(f, 'utf8')))))
else await run()

async function run() {
  const playhead = await startServer({ path: args.bin ?? `${root}/bin/playhead` })
  const results = []
  let [first, scrolling] = [null, null]
  const wanted = (name) => !args.only || name.includes(args.only)
  try {
    if (wanted('first page')) console.error(JSON.stringify(first = await firstPage(playhead)))
    if (wanted('scrolling a long trace')) console.error(JSON.stringify(scrolling = await scrollTrace(playhead)))
    for (const one of heavyCases()) {
      if (!wanted(one.name)) continue
      const result = { name: one.name, ...(await measure(playhead, one)) }
      results.push(result)
      console.error(JSON.stringify(result))
    }
  } finally {
    await playhead.stop()
  }
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim()
  const report = { commit, date: new Date().toISOString(), cpu: cpus()[0].model, cores: cpus().length, first, scrolling, results }
  if (args.out) await writeFile(args.out, `${JSON.stringify(report, null, 1)}\n`)
}

/**
 * Loads the overview of a week as somebody sees it who opens Playhead for the first time: each load has its own browser with an empty cache.
 * The page is usable when its figures are there and drawn. Bytes are counted as they came over the wire, compressed.
 */
async function firstPage(playhead) {
  await sendBelievable(playhead)
  const runs = []
  for (let i = 0; i < loads; i++) {
    const browser = await startBrowser()
    try {
      const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage()
      await page.addInitScript(() => {
        const look = () => {
          if (document.querySelector('[data-testid=figure-value]')) requestAnimationFrame(() => setTimeout(() => (window.usableMs = performance.now())))
          else requestAnimationFrame(look)
        }
        requestAnimationFrame(look)
      })
      await page.goto(`${playhead.url}/overview`, { waitUntil: 'commit' })
      await page.waitForFunction(() => window.usableMs, null, { timeout: patience })
      runs.push(await page.evaluate(() => {
        const came = performance.getEntriesByType('resource').filter((one) => one.responseEnd <= window.usableMs)
        const bytes = (kind) => came.filter((one) => new URL(one.name).pathname.endsWith(kind)).reduce((sum, one) => sum + one.encodedBodySize, 0)
        return { usableMs: Math.round(window.usableMs), scriptBytes: bytes('.js'), styleBytes: bytes('.css'), requests: came.length + 1 }
      }))
    } finally {
      await before(5000, browser.close(), () => null)
    }
  }
  const sorted = runs.toSorted((a, b) => a.usableMs - b.usableMs)
  return { name: 'the first page on a cold cache', ...sorted[Math.floor(loads / 2)], fastestMs: sorted[0].usableMs, slowestMs: sorted.at(-1).usableMs, loads }
}

/** Measures the longest tasks while the complete span tree of a trace of 10,000 spans is scrolled from its beginning to its end. */
async function scrollTrace(playhead) {
  const one = heavyTrace(10_000)
  await send(playhead, one)
  const browser = await startBrowser()
  try {
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage()
    const began = Date.now()
    await page.goto(playhead.url + one.path, { waitUntil: 'commit' })
    await page.waitForSelector(one.ready, { timeout: patience })
    const shownMs = Date.now() - began
    await page.waitForFunction((selector) => document.querySelector(selector).scrollHeight >= 10_000 * 28, one.scroller, { timeout: patience })
    const wholeMs = Date.now() - began
    await page.waitForTimeout(1000)
    await browser.startTracing(page, { categories: traced })
    const frames = await page.evaluate(async (selector) => {
      const view = document.querySelector(selector)
      let [frames, longest, last] = [0, 0, performance.now()]
      while (view.scrollTop + view.clientHeight < view.scrollHeight - 1) {
        view.scrollTop += 700
        await new Promise(requestAnimationFrame)
        const now = performance.now()
        longest = Math.max(longest, now - last)
        last = now
        frames++
      }
      return { frames, longestFrameMs: Math.round(longest) }
    }, one.scroller)
    return { name: 'scrolling the trace of 10,000 spans', shownMs, wholeMs, ...frames, ...longestTasks(JSON.parse(await browser.stopTracing())) }
  } finally {
    await before(5000, browser.close(), () => null)
  }
}

async function measure(playhead, one) {
  const { path, ready, scroller } = one
  await send(playhead, one)
  const browser = await startBrowser() // of its own: a frozen page must not slow the next one
  try {
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage()
    await page.goto(`${playhead.url}/setup`) // scripts and styles are in the cache, as for people who use Playhead regularly
    await browser.startTracing(page, { categories: traced })
    const began = Date.now()
    const within = (promise) => before(began + patience - Date.now(), promise, () => { throw new Error('never') })
    let shownMs = null
    let elements = null
    let failed = null
    try {
      await within(page.goto(playhead.url + path, { waitUntil: 'commit' }))
      await within(page.waitForSelector(ready, { timeout: patience }))
      await within(page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))))
      shownMs = Date.now() - began
      await within(page.waitForTimeout(1000))
      await within(page.evaluate(toEnd, scroller))
      await within(page.waitForTimeout(1000))
      elements = await within(page.evaluate(() => document.querySelectorAll('*').length))
    } catch (error) {
      failed = error.message.split('\n')[0]
    }
    const trace = await before(20_000, browser.stopTracing().catch(() => null), () => null)
    const tasks = trace && longestTasks(JSON.parse(trace))
    return { shownMs, elements, ...(tasks ?? { longestMs: null }), ...(failed && { failed }) }
  } finally {
    await before(5000, browser.close(), () => null)
  }
}

/** Returns the result of promise, or after ms that of late. The timer is cleared, so that this program can end. */
async function before(ms, promise, late) {
  let timer
  const over = new Promise((done) => (timer = setTimeout(done, Math.max(1, ms)))).then(late)
  try {
    return await Promise.race([promise, over])
  } finally {
    clearTimeout(timer)
  }
}

/** In the page: unfolds everything, scrolls step by step like a person with a mouse wheel, then jumps to the end. */
async function toEnd(selector) {
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))
  const view = document.querySelector(selector)
  if (!view) return
  for (const button of document.querySelectorAll('[data-testid=history], [data-testid=message] button[aria-expanded=false]')) button.click()
  await frame()
  for (let i = 0; i < 40; i++) {
    view.scrollTop += 600
    await frame()
  }
  for (let i = 0; i < 20; i++) {
    view.scrollTop = view.scrollHeight
    await frame()
  }
}

/** Returns the longest task of the page's main thread by the clock, the longest by processor time, and how many took more than 50 ms of it. */
function longestTasks(trace) {
  const events = trace.traceEvents
  const mains = new Set(events.filter((e) => e.name === 'thread_name' && e.args.name === 'CrRendererMain').map((e) => `${e.pid} ${e.tid}`))
  let [longestMs, longestCpuMs, over] = [0, 0, 0]
  for (const e of events) {
    if (e.name !== 'RunTask' || e.ph !== 'X' || !mains.has(`${e.pid} ${e.tid}`)) continue
    longestMs = Math.max(longestMs, e.dur / 1000)
    longestCpuMs = Math.max(longestCpuMs, (e.tdur ?? e.dur) / 1000)
    if ((e.tdur ?? e.dur) > 50_000) over++
  }
  return { longestMs: Math.round(longestMs), longestCpuMs: Math.round(longestCpuMs), over50: over }
}

function table(reports) {
  const n = (value) => value.toLocaleString('en-US')
  for (const { commit, first, scrolling } of reports) {
    if (first) console.log(`At ${commit}, ${first.name}: usable after ${n(first.usableMs)} ms (median of ${first.loads}, ${n(first.fastestMs)} to ${n(first.slowestMs)}), with ${n(Math.round(first.scriptBytes / 1000))} kB of script and ${n(Math.round(first.styleBytes / 1000))} kB of style, compressed, in ${first.requests} requests.\n`)
    if (scrolling) console.log(`At ${commit}, ${scrolling.name}: longest task ${scrolling.longestCpuMs} ms of processor time, ${scrolling.over50} over 50 ms, ${n(scrolling.frames)} frames; first spans after ${n(scrolling.shownMs)} ms, all after ${n(scrolling.wholeMs)} ms.\n`)
  }
  const cell = (r) => (!r ? ' – | – | –' : r.failed && r.longestMs === null ? ' frozen | – | never' : ` ${r.longestCpuMs.toLocaleString('en-US')} | ${r.shownMs?.toLocaleString('en-US') ?? 'never'} | ${r.elements?.toLocaleString('en-US') ?? '–'}`)
  const names = reports.at(-1).results.map((r) => r.name)
  console.log(`| content |${reports.map((r) => ` longest task at ${r.commit}, ms of processor time | shown after, ms | elements |`).join('')}`)
  console.log(`|---|${'--:|--:|--:|'.repeat(reports.length)}`)
  for (const name of names) console.log(`| ${name.replaceAll('|', '\\|')} |${reports.map((r) => `${cell(r.results.find((x) => x.name === name))} |`).join('')}`)
}
