// Records the data set of the recordings figures: one minute of a busy page with a streamed chat, as unmodified posthog-js
// in a real Chromium sends it (a table of 250 rows filtered again and again, a chart of 80 bars drawn anew every 5 s, a clock,
// 800 style rules, typing, scrolling, dialogs, network and console capture). Writes each body of POST /s/ as it came (gzip) to
// bench/data/minute/: 240 kB, 1.1 MB without gzip, 1.8 MB of rrweb events once their own compression is undone.
//
//   cd e2e && npm ci && cd .. && node bench/record/record.mjs
import { createRequire } from 'node:module'
import fs from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const here = path.dirname(fileURLToPath(import.meta.url))
const from = createRequire(path.join(here, '../../e2e/package.json'))
const { chromium } = from('playwright-core')
const dist = path.join(path.dirname(from.resolve('posthog-js/package.json')), 'dist')
const out = path.join(here, '../data/minute')
const token = 'phc_bench_0000000000000000000000000000'

const config = JSON.stringify({
  supportedCompression: ['gzip-js'], hasFeatureFlags: false, autocapture_opt_out: false, capturePerformance: { network_timing: true },
  sessionRecording: { endpoint: '/s/', consoleLogRecordingEnabled: true, networkPayloadCapture: { recordHeaders: true, recordBody: true } },
})
const start = (host) => `
  const s = document.createElement('script'); s.src = '/static/array.js'; s.onload = () => posthog.init('${token}', {
    api_host: 'http://${host}', opt_out_useragent_filter: true, session_recording: { maskAllInputs: false } });
  !function(){ window.posthog = window.posthog || []; }(); document.head.append(s);`

const bodies = []
const server = http.createServer((req, res) => {
  const url = new URL(req.url, 'http://x')
  const chunks = []
  req.on('data', (c) => chunks.push(c))
  req.on('end', () => {
    res.setHeader('Access-Control-Allow-Origin', '*')
    const file = path.join(dist, path.basename(url.pathname))
    if (url.pathname === '/') return res.setHeader('Content-Type', 'text/html'), res.end(fs.readFileSync(path.join(here, 'page.html')))
    if (url.pathname === '/start.js') return res.end(start(req.headers.host))
    if (url.pathname.endsWith('/config')) return res.end(config)
    if (url.pathname.endsWith('/config.js')) return res.end(`window._POSTHOG_REMOTE_CONFIG={"${token}":{config:${config},siteApps:[]}}`)
    if (url.pathname.startsWith('/static/') && fs.existsSync(file)) return res.end(fs.readFileSync(file))
    if (url.pathname === '/s/') bodies.push(Buffer.concat(chunks))
    res.setHeader('Content-Type', 'application/json')
    res.end('{"status":"Ok","flags":{},"answer":"ok"}')
  })
})
await new Promise((done) => server.listen(0, '127.0.0.1', done))

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--host-resolver-rules=MAP *.test 127.0.0.1'],
})
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
await page.goto(`http://app.test:${server.address().port}/`)
await page.waitForFunction(() => window.posthog?.sessionRecording?.status === 'active', null, { timeout: 20_000 })
const until = Date.now() + 60_000
for (let turn = 0; Date.now() < until; turn++) {
  await page.locator('#filter').fill('')
  await page.locator('#filter').pressSequentially(['Oslo', 'paid', 'order-1', 'open'][turn % 4], { delay: 120 })
  await page.mouse.move(200 + 30 * turn, 200, { steps: 20 })
  await page.locator('#question').pressSequentially('where is order ' + (1000 + turn * 37) + '?', { delay: 70 })
  await page.click('#ask button')
  for (let i = 0; i < 8; i++) { await page.mouse.wheel(0, i < 4 ? 120 : -120); await page.waitForTimeout(250) }
  await page.click('#modal'); await page.waitForTimeout(600); await page.click('dialog button')
}
await page.waitForTimeout(6000)
await page.goto('about:blank')
await page.waitForTimeout(1500)
await browser.close()
server.close()
server.closeAllConnections()

fs.rmSync(out, { recursive: true, force: true })
fs.mkdirSync(out, { recursive: true })
bodies.forEach((b, i) => fs.writeFileSync(path.join(out, String(i).padStart(3, '0') + '.gz'), b))
console.log(`${bodies.length} bodies, ${bodies.reduce((n, b) => n + b.length, 0)} bytes`)
