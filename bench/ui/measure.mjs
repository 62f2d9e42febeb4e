// Measures the longest task of the page's main thread while it shows heavy content: scripts, style and layout together, as Chromium's own
// trace has them. One page per case, opened and then scrolled to its end, against the real binary.
//
//     node bench/ui/measure.mjs -out bench/results/NAME.json [-only TEXT] [-bin bin/playhead]
//     node bench/ui/measure.mjs -table before.json,after.json > bench/results/NAME.md
import { readFile, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { execFileSync } from 'node:child_process'
import { startBrowser } from '../../e2e/lib/browser.js'
import { heavyCases, send } from '../../e2e/lib/heavy.js'
import { root, startServer } from '../../e2e/lib/playhead.js'

/** How long a page may take to show something, ms. Longer is reported as "never". */
const patience = 30_000

const args = Object.fromEntries(process.argv.slice(2).flatMap((a, i, all) => (a.startsWith('-') ? [[a.replace(/^-+/, ''), all[i + 1]]] : [])))
if (args.table) table(await Promise.all(args.table.split(',').map(async (f) => JSON.parse(await readFile(f, 'utf8')))))
else await run()

async function run() {
  const playhead = await startServer({ path: args.bin ?? `${root}/bin/playhead` })
  const results = []
  try {
    for (const one of heavyCases()) {
      if (args.only && !one.name.includes(args.only)) continue
      const result = { name: one.name, ...(await measure(playhead, one)) }
      results.push(result)
      console.error(JSON.stringify(result))
    }
  } finally {
    await playhead.stop()
  }
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim()
  const report = { commit, date: new Date().toISOString(), cpu: cpus()[0].model, cores: cpus().length, results }
  if (args.out) await writeFile(args.out, `${JSON.stringify(report, null, 1)}\n`)
}

async function measure(playhead, one) {
  const { path, ready, scroller } = one
  await send(playhead, one)
  const browser = await startBrowser() // of its own: a frozen page must not slow the next one
  try {
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage()
    await page.goto(`${playhead.url}/setup`) // scripts and styles are in the cache, as for whoever works with it
    await browser.startTracing(page, { categories: ['disabled-by-default-devtools.timeline', 'devtools.timeline', 'toplevel', 'blink.user_timing', '__metadata'] })
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

/** What promise gives, or after ms what late gives. Its timer goes with it, so that this program ends when it is done. */
async function before(ms, promise, late) {
  let timer
  const over = new Promise((done) => (timer = setTimeout(done, Math.max(1, ms)))).then(late)
  try {
    return await Promise.race([promise, over])
  } finally {
    clearTimeout(timer)
  }
}

/** In the page: unfolds what is folded, scrolls through what is there to its end, step by step as a person with a wheel, then jumps to it. */
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

/** The longest task of the page's main thread by the clock, and the one that took most processor time. */
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
  const cell = (r) => (!r ? ' – | – | –' : r.failed && r.longestMs === null ? ' frozen | – | never' : ` ${r.longestCpuMs.toLocaleString('en-US')} | ${r.shownMs?.toLocaleString('en-US') ?? 'never'} | ${r.elements?.toLocaleString('en-US') ?? '–'}`)
  const names = reports.at(-1).results.map((r) => r.name)
  console.log(`| content |${reports.map((r) => ` longest task at ${r.commit}, ms of processor time | shown after, ms | elements |`).join('')}`)
  console.log(`|---|${'--:|--:|--:|'.repeat(reports.length)}`)
  for (const name of names) console.log(`| ${name.replaceAll('|', '\\|')} |${reports.map((r) => `${cell(r.results.find((x) => x.name === name))} |`).join('')}`)
}
