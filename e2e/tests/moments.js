// Addresses, links that wait for their recording, and what is shown before anything has arrived.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, it } from 'node:test'
import { capture } from '../lib/playhead.js'
import { counting, countingParts, generation } from '../lib/recording.js'
import { eventually, openTrace, picture, play, playerTime, pressReplay, screen, visit } from '../lib/ui.js'

export function moments(env) {
  describe('moments', { concurrency: 3 }, () => {
    it('an address with a time opens the recording there, and keyboard and marks move it', { timeout: 120_000 }, () => visit(env, (page) => address(page, env.playhead)))
    it('the recording is asked for once, together with the session', { timeout: 120_000 }, () => visit(env, (page) => together(page, env.playhead)))
    it('a link waits for its recording and is there when that arrives', { timeout: 120_000 }, () => visit(env, (page) => pending(page, env.playhead)))
    it('a recording that is still arriving is followed', { timeout: 120_000 }, () => visit(env, (page) => following(page, env.playhead)))
    it('times of which nothing was recorded are marked', { timeout: 120_000 }, () => visit(env, (page) => quiet(page, env.playhead)))
    it('a call without a session id says what to do', { timeout: 120_000 }, () => visit(env, (page) => noSession(page, env.playhead)))
  })
}

async function address(page, playhead) {
  const [session, window, at] = [randomUUID(), randomUUID(), Date.now() - 120_000]
  await capture(playhead, [counting(session, window, at)], '/s/')
  await capture(playhead, [generation(at + 22_500, { session, window, input: 'Twenty seconds in?', output: 'Yes.', latency: 2 })])

  await page.goto(`${playhead.url}/sessions/${session}?t=${at + 12_500}&window=${window}`)
  await picture(page)
  assert.equal(await screen(page), 'second 12')
  assert.equal(await playerTime(page), at + 12_500)

  await page.getByTestId('ai-mark').first().click()
  await eventually('the mark seeks', async () => Math.abs(await playerTime(page) - (at + 20_500)) < 6000)
  await page.getByText('Twenty seconds in?').first().waitFor()

  const before = await playerTime(page)
  await page.keyboard.press('ArrowLeft')
  await eventually('the left arrow goes back five seconds', async () => await playerTime(page) === before - 5000)
  await eventually('the address follows', async () => new URL(page.url()).searchParams.get('t') === String(before - 5000))

  // Another person can open the same moment with the address in the address bar.
  const other = await page.context().newPage()
  await other.goto(page.url())
  await picture(other)
  assert.equal(await playerTime(other), before - 5000)
  assert.equal(await screen(other), await screen(page))
}

async function together(page, playhead) {
  const [session, window, at, marker] = [randomUUID(), randomUUID(), Date.now() - 3_600_000, `together ${randomUUID()}`]
  await capture(playhead, [counting(session, window, at)], '/s/')
  await capture(playhead, [generation(at + 22_500, { session, window, input: marker, output: 'Yes.', latency: 2 })])
  let asked = []
  await page.route((url) => url.pathname === `/api/sessions/${session}`, async (route) => {
    await eventually('the recording is asked for before the session has arrived', async () => asked.length === 1)
    await route.continue()
  })
  page.on('request', (request) => request.url().includes('/snapshots?') && asked.push(new URL(request.url()).searchParams))
  const played = async (t) => {
    await picture(page)
    assert.deepEqual(asked.map((query) => [query.get('window'), query.get('t')]), [[window, String(t)]])
    asked = []
  }
  await page.goto(`${playhead.url}/sessions/${session}?t=${at + 12_500}&window=${window}`)
  await played(at + 12_500)
  await openTrace(page, playhead, marker)
  await pressReplay(page)
  await played(at + 15_500)
}

async function pending(page, playhead) {
  const [session, window, marker] = [randomUUID(), randomUUID(), `waits ${randomUUID()}`]
  const at = Date.now() - 20_000
  await capture(playhead, [generation(at + 12_500, { session, window, input: marker, output: 'Soon.', latency: 2 })])
  await openTrace(page, playhead, marker)
  const link = page.getByTestId('link-state').first()
  await eventually('the link is pending', async () => await link.getAttribute('data-state') === 'pending')

  await capture(playhead, [counting(session, window, at)], '/s/')
  await pressReplay(page) // without a reload
  assert.match(await screen(page), /^second [5-8]$/, 'five seconds before the call began')
}

async function noSession(page, playhead) {
  const marker = `alone ${randomUUID()}`
  await capture(playhead, [generation(Date.now(), { input: marker, output: 'Nobody is watching.' })])
  await openTrace(page, playhead, marker)
  await eventually('the reason and the way out', async () => /session/i.test(await page.getByTestId('link-state').first().innerText()))
  assert.equal(await page.getByTestId('replay-button').count(), 0, 'nothing to open, so nothing to press')

  // Recordings that fit equally well are offered, each with its confidence.
  const candidates = ['one', 'two'].map((id) => ({ session_id: id, window_id: 'w', confidence: 0.475, url: `/sessions/${id}?t=1` }))
  await page.route(/\/api\/traces\//, async (route) => {
    const response = await route.fetch()
    const trace = await response.json()
    await route.fulfill({ response, json: { ...trace, link: { ...trace.link, reason: 'ambiguous', candidates } } })
  })
  await page.reload()
  const offered = page.getByTestId('link-candidate')
  await offered.nth(1).waitFor()
  assert.deepEqual((await offered.allInnerTexts()).map((text) => text.replace(/\s+/g, ' ')), ['Recording 1 48 %', 'Recording 2 48 %'])
  assert.deepEqual(await offered.evaluateAll((all) => all.map((a) => a.getAttribute('href'))), candidates.map((c) => c.url))
}

async function following(page, playhead) {
  const [session, window, at] = [randomUUID(), randomUUID(), Date.now() - 60_000]
  const part = countingParts(session, window, at)
  const player = page.getByTestId('player')
  await capture(playhead, [part(0, 20)], '/s/')
  await page.goto(`${playhead.url}/sessions/${session}?t=${at + 16_500}`)
  await picture(page)
  await play(page)
  await eventually('it waits where the recording ends', async () => await player.getAttribute('data-waiting') === 'true')
  assert.equal(await screen(page), 'second 20')
  await capture(playhead, [part(20, 40)], '/s/')
  await eventually('it goes on by itself', async () => /second (2[2-9]|3)/.test(await screen(page)))
  assert.equal(await player.getAttribute('data-playing'), 'true')
  await page.getByTestId('live').click()
  await eventually('it follows what is newest', async () => await screen(page) === 'second 40')
}

async function quiet(page, playhead) {
  const [session, window, at] = [randomUUID(), randomUUID(), Date.now() - 400_000]
  const part = countingParts(session, window, at)
  await capture(playhead, [part(0, 10), part(60, 70)], '/s/')
  await page.goto(`${playhead.url}/sessions/${session}?t=${at + 5500}`)
  await picture(page)
  const hole = page.getByTestId('hole')
  await eventually('the quiet minute is marked', async () => await hole.count() === 1)
  assert.equal(await hole.getAttribute('data-kind'), 'quiet')
  assert.match(await hole.getAttribute('title'), /^0:10 – 1:01, 51\.0 s: nothing was recorded/)
}
