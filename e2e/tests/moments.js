// Addresses, links that wait for their recording, and what is told before anything has arrived.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, it } from 'node:test'
import { capture } from '../lib/playhead.js'
import { element, firstPicture, generation, mouse, mutation, snapshot } from '../lib/recording.js'
import { eventually, findTrace, playerTime, screen } from '../lib/ui.js'

export function moments(env) {
  describe('moments', { concurrency: 3 }, () => {
    it('an address with a time opens the recording there, and keyboard and marks move it', { timeout: 60_000 }, () => visit(env, address))
    it('a link waits for its recording and is there when that arrives', { timeout: 60_000 }, () => visit(env, pending))
    it('a call without a session id says what to do', { timeout: 60_000 }, () => visit(env, noSession))
  })
}

async function visit({ browser, playhead }, test) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  try {
    await test(await context.newPage(), playhead)
  } finally {
    await context.close()
  }
}

/** Thirty seconds of a page that counts the seconds. */
function counting(session, window, at) {
  const count = element('p', {}, 'second 0')
  const seconds = Array.from({ length: 30 }, (_, i) => [
    mutation(at + (i + 1) * 1000, { texts: [{ id: count.childNodes[0].id, value: `second ${i + 1}` }] }),
    mouse(at + (i + 1) * 1000 + 10, 100 + i, 100),
  ])
  return snapshot(session, window, [...firstPicture(at, [], element('body', {}, count)), ...seconds.flat()])
}

async function address(page, playhead) {
  const [session, window, at] = [randomUUID(), randomUUID(), Date.now() - 120_000]
  await capture(playhead, [counting(session, window, at)], '/s/')
  await capture(playhead, [generation(at + 22_000, { session, window, input: 'Twenty seconds in?', output: 'Yes.', latency: 2 })])

  await page.goto(`${playhead.url}/sessions/${session}?t=${at + 12_000}&window=${window}`)
  await eventually('the picture of that second', async () => /second 1[2-5]/.test(await screen(page)))
  const opened = await playerTime(page)
  assert.ok(opened >= at + 12_000 && opened < at + 16_000, `it stands ${opened - at} ms into the recording`)

  await page.getByTestId('ai-mark').first().click()
  await eventually('the mark seeks', async () => Math.abs(await playerTime(page) - (at + 20_000)) < 6000)
  await page.getByText('Twenty seconds in?').first().waitFor()

  await page.getByTestId('player').focus().catch(() => {})
  const before = await playerTime(page)
  await page.keyboard.press('ArrowLeft')
  await eventually('the left arrow goes back', async () => await playerTime(page) < before - 500)

  // What the address bar holds is enough for somebody else to come to the same moment.
  await eventually('the address follows', () => new URL(page.url()).searchParams.get('t') !== String(at + 12_000))
  const url = page.url()
  const other = await page.context().newPage()
  await other.goto(url)
  await eventually('the same moment in another tab', async () => /second \d+/.test(await screen(other)))
  assert.ok(Math.abs(await playerTime(other) - Number(new URL(url).searchParams.get('t'))) < 4000)
}

async function pending(page, playhead) {
  const [session, window, marker] = [randomUUID(), randomUUID(), `waits ${randomUUID()}`]
  const at = Date.now() - 20_000
  await capture(playhead, [generation(at + 12_000, { session, window, input: marker, output: 'Soon.', latency: 2 })])
  await (await findTrace(page, playhead, marker)).click()
  const link = page.getByTestId('link-state').first()
  await eventually('the link is pending', async () => await link.getAttribute('data-state') === 'pending' || /not (yet )?arrived|waiting|pending|may still|on its way/i.test(await link.innerText()))

  await capture(playhead, [counting(session, window, at)], '/s/')
  const button = page.getByTestId('replay-button').first()
  await eventually('the link becomes a replay without a reload', async () => await button.count() && await button.isEnabled())
  await button.click()
  await eventually('the replay at five seconds before the call', async () => /second [5-9]/.test(await screen(page)))
}

async function noSession(page, playhead) {
  const marker = `alone ${randomUUID()}`
  await capture(playhead, [generation(Date.now(), { input: marker, output: 'Nobody is watching.' })])
  await (await findTrace(page, playhead, marker)).click()
  await eventually('the reason and the way out', async () => /session/i.test(await page.getByTestId('link-state').first().innerText()))
  const button = page.getByTestId('replay-button').first()
  assert.ok(await button.count() === 0 || await button.isDisabled(), 'nothing to open, so nothing to press')
}
