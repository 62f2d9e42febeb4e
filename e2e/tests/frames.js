// A chat in a frame of another site. With recordCrossOriginIframes in both pages, the frame's posthog-js uploads no recording: it hands everything to the page
// around it. The frame has a session of its own nevertheless, and sends it with its requests.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { createReadStream } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { listen } from '../lib/listen.js'
import { capture, read } from '../lib/playhead.js'
import { generation } from '../lib/recording.js'
import { eventually, openTrace, play, pressReplay, screen, visit } from '../lib/ui.js'

export function frames(env) {
  describe('a chat in a frame of another site', { concurrency: 2 }, () => {
    for (const said of all) it(`${said.npm}: its calls lead to the recording of the page around it`, { timeout: 240_000 }, () => run(env, said))
  })
}

// What is said differs: the same words at the same time on two screens prove nothing.
const all = [
  { npm: 'posthog-js-1.300', question: 'Which of the round lamps can stay outside in winter?', answer: 'The steel one and the tall one of oak may stay outside, because both endure frost down to thirty degrees.' },
  { npm: 'posthog-js', question: 'How long do the batteries of a bicycle light last?', answer: 'With full brightness they last nine hours; dimmed, most of our customers charge them once every second week.' },
]

const forTests = { opt_out_useragent_filter: true, disable_surveys: true }

async function run(env, { npm, question, answer }) {
  const { browser, playhead } = env
  const site = await startSite({ playhead, npm, answer })
  const context = await browser.newContext()
  try {
    const page = await context.newPage()
    await page.goto(`http://shop.test:${site.port}/`)
    const frame = await eventually('the frame has loaded', () => page.frames().find((f) => f.url().includes('/chat')))
    const sessionOf = (of) => eventually('it records', () => of.evaluate(() => window.posthog?.sessionRecordingStarted?.() && window.posthog.get_session_id()))
    const [around, own] = [await sessionOf(page), await sessionOf(frame)]
    assert.notEqual(around, own, 'the frame has a session of its own')
    await eventually('the frame’s requests have its session', async () => {
      await frame.evaluate((url) => fetch(url, { method: 'POST' }), `http://api.test:${site.port}/ready`)
      return site.last['x-posthog-session-id'] === own
    }, 60_000)
    await frame.locator('textarea').pressSequentially(question, { delay: 20 })
    await frame.locator('button').click()
    await frame.getByText(answer).waitFor()
    assert.equal(site.asked['x-posthog-session-id'], own)

    const trace = await eventually('the call is linked to the recording of the page around the frame', async () => {
      const answered = await read(playhead, `/api/traces/${site.trace}`)
      const trace = answered.ok && await answered.json()
      return trace?.link?.state === 'linked' && trace
    }, 60_000)
    assert.equal(trace.link.session_id, around)
    assert.match(trace.link.detail, new RegExp(`^The session that was sent, ${own}, has no recording of its own\\.`))
    const seen = await eventually('what the user saw is known', async () => {
      const { generations: [call] } = await (await read(playhead, `/api/sessions/${around}`)).json()
      return call?.seen?.state === 'seen' && call.seen
    }, 90_000)
    assert.ok(seen.asked_ms < seen.first_words_ms && seen.first_words_ms <= seen.last_words_ms, JSON.stringify(seen))

    await visit(env, async (page) => {
      await openTrace(page, playhead, question)
      await pressReplay(page)
      await play(page)
      await eventually('the replay shows the answer in the frame', async () => (await screen(page)).includes(answer), 60_000)
      await page.goto(`${playhead.url}/sessions/${own}`)
      await page.getByTestId('recorded-in').click()
      await page.waitForURL((url) => url.pathname === `/sessions/${around}`)
    })
  } finally {
    await context.close()
    site.stop()
  }
}

/** Serves the page and its frame under different hosts, and a backend that answers and sends the call with the session from the request. */
async function startSite({ playhead, npm, answer }) {
  const dist = dirname(fileURLToPath(import.meta.resolve(npm)))
  const options = { api_host: playhead.captureURL, __add_tracing_headers: ['api.test'], session_recording: { recordCrossOriginIframes: true }, ...forTests }
  const head = `<!doctype html><meta charset="utf-8"><title>Lamps</title><script src="/array.js"></script><script>posthog.init(${JSON.stringify(playhead.token)}, ${JSON.stringify(options)})</script>`
  const site = { last: {} }
  const pages = {
    '/': () => `${head}<h1>Lamps for gardens</h1><iframe src="http://chat.test:${site.port}/chat" width="700" height="400" title="Chat"></iframe>`,
    '/chat': () => `${head}<ol></ol><form><textarea></textarea><button>Ask</button></form><script>
const show = (text) => { const item = document.createElement('li'); item.textContent = text; document.querySelector('ol').append(item); return item }
document.querySelector('form').addEventListener('submit', async (event) => {
  event.preventDefault()
  const question = document.querySelector('textarea').value
  document.querySelector('textarea').value = ''
  show(question)
  const response = await fetch('http://api.test:${site.port}/ask', { method: 'POST', body: question })
  show(await response.text())
})</script>`,
  }
  const server = createServer(async (request, response) => {
    response.setHeader('Access-Control-Allow-Origin', '*')
    response.setHeader('Access-Control-Allow-Headers', '*')
    if (request.url === '/array.js') return createReadStream(join(dist, 'array.full.js')).pipe(response.setHeader('Content-Type', 'text/javascript'))
    if (request.method !== 'POST') return response.setHeader('Content-Type', 'text/html').end(pages[request.url]?.() ?? '')
    site.last = request.headers
    if (request.url !== '/ask') return response.end()
    site.asked = request.headers
    const question = (await request.toArray()).join('')
    setTimeout(() => response.end(answer), 1000)
    const event = generation(Date.now() + 1000, { session: request.headers['x-posthog-session-id'], input: question, output: answer, latency: 1 })
    site.trace = event.properties.$ai_trace_id
    setTimeout(() => capture(playhead, [event]), 1100)
  })
  site.port = await listen(server)
  site.stop = () => {
    server.closeAllConnections()
    server.close()
  }
  return site
}
