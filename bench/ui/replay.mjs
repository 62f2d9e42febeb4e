// Measures the player against the real binary, in Chromium: the time from a click on a trace's replay button to the first picture, and how much data is
// transferred for it; how long seeks to any time take; the longest task during seeks; and the browser's memory at the end of the recording.
//
//     node bench/ui/replay.mjs [-out bench/results/NAME.json] [-bin bin/playhead] [-only hour,panel] [-times 30] [-minutes 60] [-hours 6] [-megabytes 200]
//
// hour: a page of 2,000 elements that changes five times a second, with a full snapshot every five minutes, as posthog-js makes them.
// panel: hours beside an AI panel whose answers stream, with a full snapshot each hour (panel.mjs).
// The button is pressed at once (firstFrameMs), and after the pointer has rested on it for a tenth of a second (firstFramePointedMs): the page then asks ahead.
// A seek ends with the frame in which the page at that time has been drawn. Times are by the page's clock, in ms. Memory is what /proc reports for
// Chromium's processes after garbage collection, for the tab and for all processes. Pages that processes share are divided among them.
import { readFile, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { startBrowser } from '../../e2e/lib/browser.js'
import { capture, root, startServer } from '../../e2e/lib/playhead.js'
import { element, firstPicture, generation, mouse, mutation, snapshot } from '../../e2e/lib/recording.js'
import { picture } from '../../e2e/lib/ui.js'
import { bodyOf, panel } from './panel.mjs'

const args = Object.fromEntries(process.argv.slice(2).flatMap((a, i, all) => (a.startsWith('-') ? [[a.replace(/^-+/, ''), all[i + 1]]] : [])))
const minutes = Number(args.minutes ?? 60)
const times = Number(args.times ?? 30)
const hours = Number(args.hours ?? 6)
const megabytes = Number(args.megabytes ?? 200)
const minuteMs = 60_000
/** How long a pointer rests on a button before it presses, ms. People take longer: 100 to 300 ms. */
const restMs = 100
/** How many requests with recordings are sent at the same time. */
const sending = 16

const recordings = { hour: recordHour, panel: recordPanel }
const report = {
  commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim(),
  date: new Date().toISOString(), cpu: cpus()[0].model, cores: cpus().length, times, figures: {},
}
for (const [name, record] of Object.entries(recordings)) {
  if (args.only && !args.only.split(',').includes(name)) continue
  report.figures[name] = await measure(record)
  console.error(name, JSON.stringify(report.figures[name]))
}
console.log(JSON.stringify(report, null, 1))
if (args.out) await writeFile(args.out, `${JSON.stringify(report, null, 1)}\n`)

/** Measures one recording, with a server and a browser of its own. */
async function measure(record) {
  const playhead = await startServer({ path: args.bin ?? `${root}/bin/playhead` })
  const browser = await startBrowser()
  try {
    const recorded = await record(playhead)
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
    const page = await context.newPage()
    const first = await firstPictures(page, playhead, recorded)
    return { ...recorded.facts, ...first, ...(await seeks(page, playhead, recorded)), ...(await memoryAtTheEnd(browser, page, playhead, recorded)) }
  } finally {
    await browser.close()
    await playhead.stop()
  }
}

async function firstPictures(page, playhead, { trace }) {
  const first = { keyboard: [], pointer: [] }
  for (let i = 0; i <= 2 * times; i++) {
    await page.mouse.move(0, 0)
    await page.goto(`${playhead.url}/traces/${trace}`)
    const button = page.getByTestId('replay-button')
    await button.waitFor()
    const by = i % 2 ? 'keyboard' : 'pointer'
    if (by === 'pointer') {
      await button.hover()
      await page.waitForTimeout(restMs)
    }
    const one = await page.evaluate(firstFrame)
    if (i > 0) first[by].push(one) // the first time fetches the scripts
  }
  const all = [...first.keyboard, ...first.pointer]
  return {
    firstFrameMs: quantiles(first.keyboard.map((f) => f.ms)), firstFramePointedMs: quantiles(first.pointer.map((f) => f.ms)), firstFrameBytes: quantiles(all.map((f) => f.bytes)),
  }
}

async function seeks(page, playhead, { session, window, at }) {
  await page.goto(`${playhead.url}/sessions/${session}?t=${at + minuteMs}&window=${window}`)
  await picture(page)
  await page.evaluate(watchTasks)
  const lane = await page.getByTestId('lane-activity').boundingBox()
  const took = []
  for (let i = 0; i < times; i++) {
    await page.evaluate(watchSeek)
    await page.mouse.click(lane.x + lane.width * ((i * 0.381966) % 1), lane.y + lane.height / 2) // the golden section: covers the lane, never near the previous one
    took.push(await page.evaluate(() => globalThis.seek))
    await page.waitForTimeout(200)
  }
  return { seekMs: quantiles(took), longestTaskWhileSeekingMs: Math.round(await page.evaluate(() => globalThis.longestTask)) }
}

/** Plays the last twenty seconds in the tab of the seeks, and measures the memory then. */
async function memoryAtTheEnd(browser, page, playhead, { session, window, endMs }) {
  await page.evaluate((address) => {
    history.pushState(null, '', address)
    dispatchEvent(new PopStateEvent('popstate'))
  }, `/sessions/${session}?t=${endMs - 20_000}&window=${window}`)
  await picture(page)
  const lane = await page.getByTestId('lane-activity').boundingBox()
  await page.mouse.click(lane.x + lane.width - 2, lane.y + lane.height / 2)
  await picture(page)
  await page.keyboard.press(' ')
  await page.locator('[data-testid=player][data-playing=false]').waitFor({ timeout: 120_000 })
  const tab = await page.context().newCDPSession(page)
  await tab.send('HeapProfiler.collectGarbage')
  const { usedSize } = await tab.send('Runtime.getHeapUsage')
  const all = await browser.newBrowserCDPSession()
  const { processInfo } = await all.send('SystemInfo.getProcessInfo')
  const used = await Promise.all(processInfo.map(async ({ type, id }) => ({ type, mb: await memoryOf(id) })))
  const renderers = used.filter((p) => p.type === 'renderer').map((p) => p.mb)
  return { memoryAtTheEndMB: { scripts: Math.round(usedSize / 1e6), tab: Math.max(...renderers), browser: used.reduce((sum, p) => sum + p.mb, 0) } }
}

/** Returns the memory of a process in MB, with its part of shared memory; 0 if it has ended. */
async function memoryOf(pid) {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '')
  return Math.round(Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) * 1.024e-3)
}

function quantiles(values) {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (q) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))])
  return { median: at(0.5), p95: at(0.95), most: Math.round(sorted.at(-1)) }
}

/** Sends an hour of a page, and a call after two thirds of it. */
async function recordHour(playhead) {
  const [session, window, trace, at] = [randomUUID(), randomUUID(), randomUUID(), Date.now() - (minutes + 10) * minuteMs]
  const counts = Array.from({ length: 20 }, () => element('b', {}, '0'))
  const rows = Array.from({ length: 650 }, (_, i) => element('li', { class: `row row-${i % 7}` }, element('span', { title: `The row with the number ${i}` }, `Row ${i}, in which something stands that somebody may want to read`), i < counts.length ? counts[i] : element('i', {}, String(i))))
  const body = element('body', {}, element('h1', {}, 'A page that is looked at for an hour'), element('ul', {}, ...rows))
  const style = element('style', { _cssText: '.row { padding: 4px } .row:hover { background: #eee }'.repeat(50) })
  for (let minute = 0; minute < minutes; minute++) {
    const from = at + minute * minuteMs
    const events = minute % 5 === 0 ? firstPicture(from, [style], body) : []
    for (let ms = 200; ms < minuteMs; ms += 200) {
      const one = counts[(ms / 200) % counts.length]
      events.push(mutation(from + ms, { texts: [{ id: one.childNodes[0].id, value: String(minute * 300 + ms / 200) }] }))
      if (ms % 1000 === 0) events.push(mouse(from + ms + 10, (ms / 10) % 900, 200))
    }
    await capture(playhead, [snapshot(session, window, events)], '/s/')
  }
  await capture(playhead, [generation(at + (minutes * minuteMs * 2) / 3, { session, window, trace, input: 'Two thirds in?', output: 'Yes.' })])
  return { session, window, trace, at, endMs: at + minutes * minuteMs, facts: { minutes } }
}

/** Sends hours beside an AI panel, and all of its calls. The trace is that of a call after two thirds of them. */
async function recordPanel(playhead) {
  const [session, window, at] = [randomUUID(), randomUUID(), Date.now() - hours * 3_600_000 - 10 * minuteMs]
  const answers = []
  const facts = { hours, rrwebMB: 0, sentMB: 0, requests: 0, answers: 0 }
  let endMs = at
  const begun = performance.now()
  const underWay = new Set()
  for (const { events, answer } of panel({ at, hours, megabytes })) {
    if (answer) {
      answers.push({ ...answer, trace: randomUUID() })
      continue
    }
    const { body, size } = bodyOf({ token: playhead.token, session, window, uuid: randomUUID(), events })
    facts.rrwebMB += size / 1e6
    facts.sentMB += body.length / 1e6
    facts.requests++
    endMs = events.at(-1).timestamp
    const one = post(playhead, body).then(() => underWay.delete(one))
    underWay.add(one)
    if (underWay.size >= sending) await Promise.race(underWay)
  }
  await Promise.all(underWay)
  for (let i = 0; i < answers.length; i += 50) {
    await capture(playhead, answers.slice(i, i + 50).map((a) => generation(a.toMs, { session, window, trace: a.trace, input: a.question, output: a.text, latency: (a.toMs - a.fromMs) / 1000 })))
  }
  Object.assign(facts, { rrwebMB: Math.round(facts.rrwebMB), sentMB: Math.round(facts.sentMB), answers: answers.length, sendingS: Math.round((performance.now() - begun) / 1000) })
  return { session, window, trace: answers[Math.floor((answers.length * 2) / 3)].trace, at, endMs, facts }
}

async function post(playhead, body) {
  for (;;) {
    const response = await fetch(`${playhead.url}/s/?compression=gzip-js`, { method: 'POST', headers: { 'content-type': 'text/plain' }, body })
    await response.arrayBuffer()
    if (response.status === 200) return
    if (response.status !== 503) throw new Error(`/s/ answered ${response.status}`)
    await new Promise((done) => setTimeout(done, 1000 * Number(response.headers.get('retry-after') ?? 1)))
  }
}

/** In the page: presses the button, and returns how long the first picture took and how many bytes of the recording were read for it. */
async function firstFrame() {
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))
  const began = performance.now()
  document.querySelector('[data-testid=replay-button]').click()
  while (!document.querySelector('[data-testid=player][data-status=ready]')) await new Promise(requestAnimationFrame)
  await frame()
  const ms = performance.now() - began
  const bytes = performance.getEntriesByType('resource').filter((one) => one.name.includes('/snapshots')).reduce((sum, one) => sum + one.encodedBodySize, 0)
  return { ms, bytes }
}

/** In the page: measures the time from the next click until the page at the clicked time has been drawn. */
function watchSeek() {
  const up = new Promise((done) => addEventListener('pointerup', () => done(performance.now()), { capture: true, once: true }))
  globalThis.seek = up.then(async (began) => {
    do await new Promise(requestAnimationFrame)
    while (!document.querySelector('[data-testid=player][data-status=ready]'))
    await new Promise((done) => setTimeout(done))
    return performance.now() - began
  })
}

/** In the page: notes the longest task from now on. */
function watchTasks() {
  globalThis.longestTask = 0
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) globalThis.longestTask = Math.max(globalThis.longestTask, entry.duration)
  }).observe({ type: 'longtask' })
}
