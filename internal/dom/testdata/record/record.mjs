// Records pages with unmodified posthog-js in a real Chromium, and what rrweb's own replayer makes of the recordings: the tests of package dom
// compare its trees with those, node for node, without a browser. It writes
//
//   ../NAME.events.gz    the rrweb events of a page, one a line (not for those that other directories hold)
//   ../NAME.trees.gz     the page at ten instants, one a line: {"at":Unix ms,"nodes":[[id,parent,shadow,name,attributes,text,value],…]}
//
//   cd e2e && npm ci && cd .. && node internal/dom/testdata/record/record.mjs [NAME…]     # KEEP=1: only the trees, of the events that are there
import { createRequire } from 'node:module'
import fs from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import zlib from 'node:zlib'
import { fileURLToPath } from 'node:url'

const here = path.dirname(fileURLToPath(import.meta.url))
const root = path.join(here, '../../../..')
const from = createRequire(path.join(root, 'e2e/package.json'))
const { chromium } = from('playwright-core')
const dist = path.join(path.dirname(from.resolve('posthog-js/package.json')), 'dist')
const token = 'phc_record_000000000000000000000000000'
const instants = 10

const config = JSON.stringify({ supportedCompression: ['gzip-js'], hasFeatureFlags: false, autocapture_opt_out: true, sessionRecording: { endpoint: '/s/' } })
const start = (host) => `
  const s = document.createElement('script'); s.src = '/static/array.js'; s.onload = () => posthog.init('${token}', {
    api_host: 'http://${host}', opt_out_useragent_filter: true, session_recording: { maskAllInputs: false, maskInputOptions: { password: true } } });
  window.posthog = window.posthog || []; document.head.append(s);`

let bodies = []
const server = http.createServer((req, res) => {
  const url = new URL(req.url, 'http://x')
  const chunks = []
  req.on('data', (c) => chunks.push(c))
  req.on('end', () => {
    const file = path.join(dist, path.basename(url.pathname))
    if (url.pathname === '/') return res.setHeader('Content-Type', 'text/html'), res.end(fs.readFileSync(path.join(here, 'page.html')))
    if (url.pathname === '/replay') return res.setHeader('Content-Type', 'text/html'), res.end('<!doctype html><body></body>')
    if (url.pathname === '/start.js') return res.end(start(req.headers.host))
    if (url.pathname.endsWith('/config')) return res.end(config)
    if (url.pathname.endsWith('/config.js')) return res.end(`window._POSTHOG_REMOTE_CONFIG={"${token}":{config:${config},siteApps:[]}}`)
    if (url.pathname.startsWith('/static/') && fs.existsSync(file)) return res.setHeader('Content-Type', 'text/javascript'), res.end(fs.readFileSync(file))
    if (url.pathname === '/s/') bodies.push(Buffer.concat(chunks))
    res.setHeader('Content-Type', 'application/json')
    res.end('{"status":"Ok"}')
  })
})
await new Promise((done) => server.listen(0, '127.0.0.1', done))
const origin = `http://app.test:${server.address().port}`

/** The rrweb events in bodies of POST /s/, with the recorder's own compression undone, in order of time. */
function eventsOf(bodies) {
  const events = []
  for (const body of bodies) {
    const text = body[0] === 0x1f ? zlib.gunzipSync(body) : body
    for (const { event, properties } of [JSON.parse(text)].flat()) if (event === '$snapshot') events.push(...[properties.$snapshot_data].flat())
  }
  const undo = (s) => JSON.parse(zlib.gunzipSync(Buffer.from(s, 'latin1')).toString())
  for (const e of events) {
    if (e.cv !== '2024-10') continue
    delete e.cv
    if (typeof e.data === 'string') e.data = undo(e.data)
    else for (const name of ['texts', 'attributes', 'removes', 'adds']) if (typeof e.data[name] === 'string') e.data[name] = undo(e.data[name])
  }
  return events.sort((a, b) => a.timestamp - b.timestamp)
}

async function record(browser, name) {
  bodies = []
  const page = await browser.newPage({ viewport: { width: 900, height: 700 } })
  await page.goto(`${origin}/`)
  await page.waitForFunction(() => window.posthog?.sessionRecording?.status === 'active', null, { timeout: 20_000 })
  await page.mouse.move(100, 100)
  await page.evaluate((name) => window.play(name), name)
  for (let n = -1; n !== bodies.length; ) {
    n = bodies.length
    await page.waitForTimeout(4000)
  }
  await page.close()
  return eventsOf(bodies)
}

/** As the player gives them to the replayer: a frame whose srcdoc changes would load that, later, in the place of what was recorded of it. */
const withoutSrcdoc = (events) => JSON.parse(JSON.stringify(events, (name, value) => (name === 'srcdoc' ? undefined : value)))

/** What the replayer shows after the events up to an instant. */
async function treeAt(browser, events, at) {
  const page = await browser.newPage({ viewport: { width: 1200, height: 900 } })
  page.on('pageerror', (e) => console.error('  page error', e.message))
  await page.goto(`${origin}/replay`)
  const nodes = await page.evaluate(async ({ events, at }) => {
    const { Replayer } = await import('/static/rrweb.js')
    const replayer = new Replayer(events, { root: document.body, useVirtualDom: false, showWarning: false, mouseTail: false, triggerFocus: false })
    const flushed = new Promise((done) => replayer.on('flush', done))
    replayer.pause(at - events[0].timestamp + 1)
    await flushed
    await new Promise((done) => setTimeout(done, 200))
    const mirror = replayer.getMirror()
    const nodes = []
    const walk = (node, parent, shadow) => {
      const id = mirror.getId(node)
      if (id <= 0 || !mirror.getMeta(node)) return // the replayer's own
      const element = node.nodeType === 1
      let attributes = null
      if (element) {
        attributes = {}
        for (const a of node.attributes) attributes[a.name] = a.value
        if (node.style && attributes.style !== undefined) {
          attributes.style = {}
          for (const p of node.style) attributes.style[p] = [node.style.getPropertyValue(p), node.style.getPropertyPriority(p)]
        }
      }
      const field = element && ['INPUT', 'TEXTAREA', 'SELECT'].includes(node.nodeName)
      nodes.push([id, parent, shadow ? 1 : 0, node.nodeName.toLowerCase(), attributes, element || node.nodeType > 8 ? null : node.data, field ? [node.value, Boolean(node.checked)] : null])
      for (const child of node.childNodes) walk(child, id, false)
      if (node.shadowRoot) for (const child of node.shadowRoot.childNodes) walk(child, id, true)
      if (node.nodeName === 'IFRAME' && node.contentDocument) walk(node.contentDocument, id, false)
    }
    walk(replayer.iframe.contentDocument, 0, false)
    return nodes
  }, { events: withoutSrcdoc(events), at })
  await page.close()
  return nodes
}

/** Ten instants from the first full snapshot on, which are times of events; the end is one. */
function instantsOf(events) {
  const all = [...new Set(events.slice(events.findIndex((e) => e.type === 2)).map((e) => e.timestamp))]
  const chosen = [all.pop()]
  for (let seed = 42; chosen.length < instants && all.length > 0; ) chosen.push(...all.splice((seed = (seed * 16807) % 2147483647) % all.length, 1))
  return chosen.sort((a, b) => a - b)
}

const write = (name, lines) => fs.writeFileSync(path.join(here, '..', name), zlib.gzipSync(lines.map((l) => JSON.stringify(l) + '\n').join(''), { level: 9 }))
const dir = (name) => fs.readdirSync(path.join(root, name)).sort().map((f) => fs.readFileSync(path.join(root, name, f)))
const request = (name) => {
  const raw = fs.readFileSync(path.join(root, 'internal/replay/testdata', name))
  return raw.subarray(raw.indexOf('\r\n\r\n') + 4)
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--host-resolver-rules=MAP *.test 127.0.0.1'],
})
const kept = (name) => {
  const file = path.join(here, '..', `${name}.events.gz`)
  return process.env.KEEP && fs.existsSync(file) ? zlib.gunzipSync(fs.readFileSync(file)).toString().trim().split('\n').map((l) => JSON.parse(l)) : null
}
const stored = { minute: () => eventsOf(dir('bench/data/minute')), rich: () => eventsOf([request('web_s_rich_full_snapshot_network_console_gzip.req')]) }
const names = process.argv.length > 2 ? process.argv.slice(2) : ['chat', 'list', 'frames', 'shadow', 'churn', 'fields', ...Object.keys(stored)]
for (const name of names) {
  const old = stored[name]?.() ?? kept(name)
  const events = old ?? (await record(browser, name))
  if (!old) write(`${name}.events.gz`, events)
  const trees = []
  for (const at of instantsOf(events)) trees.push({ at, nodes: await treeAt(browser, events, at) })
  write(`${name}.trees.gz`, trees)
  console.log(`${name}: ${events.length} events, ${trees.map((t) => t.nodes.length).join(' ')} nodes`)
}
await browser.close()
server.close()
server.closeAllConnections()
