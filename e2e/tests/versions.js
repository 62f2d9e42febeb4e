// Pages bring their own copy of posthog-js, often an old one. Each version requests the code that adds its headers to requests from this server, and must get
// one that it can call: versions before 1.254.0 and before 1.257.2 call it with other arguments than the current one.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { createReadStream } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { listen } from '../lib/listen.js'
import { read } from '../lib/playhead.js'
import { eventually } from '../lib/ui.js'

const hosts = ['api.test']
const versions = [
  { npm: 'posthog-js-1.240', headers: true, distinctID: false }, // it knows no list of hosts, and sends no distinct id
  { npm: 'posthog-js-1.257', headers: true, distinctID: true, early: true }, // it reads the distinct id before a first visit has one
  { npm: 'posthog-js-1.300', headers: hosts, distinctID: true, early: true },
  { npm: 'posthog-js', headers: hosts, distinctID: true },
]

export function versionsOfPosthogJS(env) {
  describe('pages with another version of posthog-js', { concurrency: 4 }, () => {
    for (const version of versions) {
      it(`${version.npm} sends the session with requests`, { timeout: 120_000 }, () => run(env, version))
      it(`${version.npm} records what the probe tells of answers, and a reload`, { timeout: 120_000 }, () => probed(env, version))
    }
  })
}

async function run({ browser, playhead }, { npm, headers, distinctID, early }) {
  const backend = await startPages(npm)
  const context = await browser.newContext()
  try {
    const page = await context.newPage()
    await page.goto(`http://app.test:${backend.port}/`)
    await page.evaluate(({ token, api_host, headers }) => new Promise((done) => {
      window.posthog.init(token, { api_host, __add_tracing_headers: headers, opt_out_useragent_filter: true, loaded: () => done() })
    }), { token: playhead.token, api_host: playhead.captureURL, headers })
    // The code for the headers is loaded in the background: until then requests have none.
    await eventually('a request has the session id', async () => {
      await page.evaluate((url) => fetch(url, { method: 'POST' }), `http://api.test:${backend.port}/ask`)
      return backend.last['x-posthog-session-id']
    }, 60_000)
    const known = await page.evaluate(() => ({ session: window.posthog.get_session_id(), person: window.posthog.get_distinct_id() }))
    assert.equal(backend.last['x-posthog-session-id'], known.session)
    assert.ok(backend.last['x-posthog-window-id'], 'the request has the window, too')
    const person = backend.last['x-posthog-distinct-id']
    if (!early || person !== 'undefined') assert.equal(person, distinctID ? known.person : undefined)
  } finally {
    await context.close()
    backend.stop()
  }
}

// An answer of two paragraphs, one of which is far below the viewport.
const page = `<p id="question">A question</p><div data-playhead-answer><p id="near">${'near '.repeat(20)}</p><p style="margin-top: 5000px">${'far '.repeat(5)}</p></div>`

/** Copying text of an answer is an activity, copying the question is not. The recording has the share of the answer that was in the viewport. */
async function probed({ browser, playhead }, { npm }) {
  const backend = await startPages(npm)
  const context = await browser.newContext({ viewport: { width: 800, height: 600 } })
  try {
    const tab = await context.newPage()
    await tab.goto(`http://app.test:${backend.port}/`)
    const begin = async () => {
      await tab.evaluate((html) => void (document.body.innerHTML = html), page)
      await tab.evaluate(({ token, api_host }) => new Promise((done) => {
        window.posthog.init(token, { api_host, opt_out_useragent_filter: true, loaded: () => done() })
      }), { token: playhead.token, api_host: playhead.captureURL })
      await eventually('it records', () => tab.evaluate(() => window.posthog.sessionRecordingStarted() && Boolean(window.__PosthogExtensions__?.rrweb?.record?.mirror?.getId(document.body) > 0)), 60_000)
      await tab.click('#question') // nothing is uploaded before this click
    }
    await begin()
    await tab.addScriptTag({ url: playhead.captureURL + '/static/playhead-probe.js' })
    for (const id of ['question', 'near']) {
      await tab.evaluate((id) => getSelection().selectAllChildren(document.getElementById(id)), id)
      await tab.keyboard.press('Control+c')
    }
    const { session, node } = await tab.evaluate(() => ({ session: window.posthog.get_session_id(), node: window.__PosthogExtensions__.rrweb.record.mirror.getId(document.querySelector('[data-playhead-answer]')) }))
    const copies = await eventually('a copy is an activity', async () => {
      const answer = await read(playhead, `/api/sessions/${session}/activity?kinds=copy`)
      const { activity } = answer.ok ? await answer.json() : { activity: [] }
      return activity.length > 0 && activity
    }, 60_000)
    assert.deepEqual(copies.map((a) => [a.node, a.detail]), [[node, '99 characters']])
    await eventually('the recording says that the near part of it was in the viewport', async () => {
      const text = await (await read(playhead, `/api/sessions/${session}/snapshots`)).text()
      const last = [...text.matchAll(/"playhead\.shown","payload":(\{[^}]*\})/g)].at(-1)
      return last && isDeepStrictEqual(JSON.parse(last[1]), { node, chars: 118, seen: 99 })
    }, 60_000)
    // An element that grows and stays completely visible is not one of which its observer says anything by itself.
    for (let i = 0; i < 8; i++) {
      await tab.evaluate(() => document.getElementById('near').append('and more of it, which is in the viewport, too, and takes a line or two. '))
      await tab.waitForTimeout(250)
    }
    await eventually('the recording says that all of the near part was in the viewport, although it grew', async () => {
      const text = await (await read(playhead, `/api/sessions/${session}/snapshots`)).text()
      const { chars, seen } = JSON.parse([...text.matchAll(/"playhead\.shown","payload":(\{[^}]*\})/g)].at(-1)[1])
      return chars > 600 && seen === chars - 19
    }, 60_000)
    await tab.reload()
    await begin()
    await eventually('a reload is an activity', async () => {
      const { activity } = await (await read(playhead, `/api/sessions/${session}/activity?kinds=navigation`)).json()
      return activity.map((a) => a.detail).join() === ',reload'
    }, 60_000)
  } finally {
    await context.close()
    backend.stop()
  }
}

/** Serves a page with the published posthog-js under one host name, and keeps the headers of the last POST under another. */
async function startPages(npm) {
  const dist = dirname(fileURLToPath(import.meta.resolve(npm)))
  const backend = { last: {} }
  const server = createServer((request, response) => {
    response.setHeader('Access-Control-Allow-Origin', '*')
    response.setHeader('Access-Control-Allow-Headers', '*')
    if (request.url === '/array.js') return createReadStream(join(dist, 'array.full.js')).pipe(response.setHeader('Content-Type', 'text/javascript'))
    if (request.method === 'POST') backend.last = request.headers
    response.setHeader('Content-Type', 'text/html')
    response.end('<!doctype html><title>App</title><script src="/array.js"></script>')
  })
  backend.port = await listen(server)
  backend.stop = () => {
    server.closeAllConnections()
    server.close()
  }
  return backend
}
