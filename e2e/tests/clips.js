// What the server makes from a recording: checkpoints, the page at an instant, and clips that play without the server.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { capture, read } from '../lib/playhead.js'
import { element, firstPicture, generation, mutation, snapshot } from '../lib/recording.js'
import { eventually, picture, screen, visit } from '../lib/ui.js'

export function clips(env) {
  describe('clips', { concurrency: 2 }, () => {
    it('a seek far behind the only full snapshot shows the page of a checkpoint', { timeout: 120_000 }, () => visit(env, (page) => far(page, env.playhead)))
    it('a clip plays from a file without a network', { timeout: 120_000 }, () => visit(env, (page) => clip(page, env)))
    it('a clip is chosen beside the player and downloaded, without a mouse', { timeout: 120_000 }, () => visit(env, (page) => choose(page, env.playhead)))
  })
}

const seconds = 90

/** Records a page that counts seconds, with too many other changes to load them all, and an image of another host. */
async function record(playhead, at) {
  const [session, window] = [randomUUID(), randomUUID()]
  const count = element('p', {}, 'second 0')
  const noise = element('div', { 'data-noise': '' })
  const image = element('img', { src: 'http://elsewhere.test/pixel.png', alt: 'elsewhere' })
  const events = [
    ...firstPicture(at, [], element('body', {}, count, noise, image, element('button', { 'aria-label': 'Ask' }, '➤'), element('input', { value: '*****' }))),
    ...Array.from({ length: seconds }, (_, i) => mutation(at + (i + 1) * 1000, {
      texts: [{ id: count.childNodes[0].id, value: `second ${i + 1}` }],
      attributes: [{ id: noise.id, attributes: { 'data-noise': String(i).repeat(4000) } }],
    })),
  ]
  await capture(playhead, [snapshot(session, window, events)], '/s/')
  return { session, window }
}

async function far(page, playhead) {
  const at = Date.now() - 600_000
  const { session, window } = await record(playhead, at)
  const answer = await (await read(playhead, `/api/sessions/${session}/snapshots?window=${window}&t=${at + 60_500}`)).text()
  const events = answer.trim().split('\n').map((line) => JSON.parse(line))
  assert.deepEqual(events.slice(0, 2).map((e) => [e.type, e.checkpoint, e.timestamp]), [[4, true, at + 60_000], [2, true, at + 60_000]])
  assert.equal(events.filter((e) => !e.checkpoint).length, seconds - 60)

  await page.goto(`${playhead.url}/sessions/${session}?t=${at + 60_500}&window=${window}`)
  await picture(page)
  assert.match(await screen(page), /second 60/)
  assert.equal(await page.getByTestId('unplayable').count(), 0, 'events that could not be played')
  await page.keyboard.press('ArrowLeft')
  await eventually('five seconds before', async () => /second 55/.test(await screen(page)))

  const dom = await (await read(playhead, `/api/sessions/${session}/dom?t=${at + 30_500}`)).json()
  assert.match(dom.text, /^second 30\n/)
  assert.deepEqual(dom.nodes.filter((n) => n.tag === 'button').map((n) => n.label), ['Ask'])
  assert.deepEqual(dom.nodes.filter((n) => n.tag === 'input').map((n) => [n.value, n.masked]), [['*****', true]])
}

async function clip(page, { playhead }) {
  const at = Date.now() - 600_000
  const { session, window } = await record(playhead, at)
  await capture(playhead, [generation(at + 63_000, { session, window, input: 'What <b>second</b> is it?', output: 'The sixtieth.', latency: 2 })])
  const path = `/api/sessions/${session}/clip?window=${window}&from=${at + 40_000}&to=${at + 70_000}`
  const file = await eventually('the clip has the call', async () => {
    const response = await read(playhead, path)
    assert.equal(response.status, 200)
    assert.match(response.headers.get('content-disposition'), /^attachment/)
    const text = await response.text()
    return text.includes('The sixtieth.') && text
  })
  const folder = await mkdtemp(join(tmpdir(), 'playhead-clip-'))
  try {
    const name = join(folder, 'clip.html')
    await writeFile(name, file)
    const asked = []
    page.on('request', (request) => asked.push(request.url()))
    await page.goto(pathToFileURL(name).href)
    const shown = () => page.evaluate(() => document.querySelector('.screen iframe')?.contentDocument?.querySelector('iframe')?.contentDocument?.body?.innerText ?? '')
    await eventually('the first picture', async () => /second 40/.test(await shown()))
    const messages = await page.locator('.messages').innerText()
    assert.match(messages, /What <b>second<\/b> is it\?/)
    assert.match(messages, /The sixtieth\./)
    await page.locator('.lane button').first().click()
    await eventually('the call seeks', async () => /second 61/.test(await shown()))
    await page.getByRole('button', { name: 'Play' }).click()
    await eventually('it plays', async () => /second 6[3-9]/.test(await shown()))
    assert.deepEqual(asked.filter((url) => !/^(file|data|about|blob):/.test(url)), [], 'requests of a clip')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function choose(page, playhead) {
  const at = Date.now() - 600_000
  const { session, window } = await record(playhead, at)
  await page.goto(`${playhead.url}/sessions/${session}?t=${at + 50_000}&window=${window}`)
  await picture(page)
  await page.getByTestId('clip').press('Enter')
  const [from, to] = ['clip-from', 'clip-to'].map((id) => page.getByTestId(id))
  assert.deepEqual([await from.inputValue(), await to.inputValue()], ['0:40', '1:10'], 'around the playhead')
  const refused = async (end, why) => {
    await to.fill(end)
    await to.press('Enter')
    await eventually(`“${end}” is refused`, async () => why.test(await page.getByTestId('clip-problem').innerText()))
  }
  await refused('0:30', /must end after it begins/)
  await refused('soon', /“soon” is no time/)
  await refused('45:00', /at most 30 minutes/)
  await page.getByTestId('clip-to-here').press('Enter')
  assert.equal(await to.inputValue(), '0:50')
  const [download] = await Promise.all([page.waitForEvent('download'), to.press('Enter')])
  assert.equal(download.suggestedFilename(), 'playhead-clip.html')
  const file = await readFile(await download.path(), 'utf8')
  const { from_ms, to_ms } = JSON.parse(/<script type="application\/json" id="clip">(.*?)<\/script>/s.exec(file)[1])
  assert.deepEqual([from_ms, to_ms], [at + 40_000, at + 50_000])
  await eventually('the panel is closed', async () => !(await to.isVisible()))
}
