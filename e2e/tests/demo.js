// What a new user does: start the demo, ask, and see it in Playhead. Runs the README's command on a clean clone when asked to.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { root } from '../lib/playhead.js'
import { start } from '../lib/processes.js'
import { eventually, playerTime, pressReplay, screen, visit } from '../lib/ui.js'

const listening = ['--listen', '127.0.0.1:0', '--app-listen', '127.0.0.1:0']
const bothAddresses = /(http:\/\/127\.0\.0\.1:\d+)[\s\S]+chat is at\s+(http:\/\/127\.0\.0\.1:\d+)/

export function demo(env) {
  describe('the demo', { concurrency: 2 }, () => {
    it('answers, and the answer’s link leads to the replay of asking', { timeout: 120_000 }, () => inTemporaryFolder(async (folder) => {
      const program = await start(env.binary.path, ['demo', ...listening, '--data', join(folder, 'data')], { ready: bothAddresses })
      try {
        await askAndFind(env.browser, ...program.match.slice(1))
      } finally {
        assert.equal(await program.stop(), 0, `it ends well when asked to:\n${program.output}`)
      }
    }))

    it('starts from a clean clone with the README’s command', { timeout: 600_000 }, () => inTemporaryFolder(async (folder) => {
      const clone = join(folder, 'clone')
      await promisify(execFile)('git', ['clone', '--quiet', '--depth', '1', `file://${root}`, clone])
      const program = await start('go', ['run', './cmd/playhead', 'demo', ...listening], { cwd: clone, ready: bothAddresses, within: 580_000 })
      try {
        const [, playhead, app] = program.match
        assert.match(await text(`${playhead}/`), /<script[^>]+src="\/assets\//, 'the built UI is in the repository')
        assert.match(await text(`${app}/`), /__add_tracing_headers/)
        assert.match(await text(`${playhead}/static/array.js`), /posthog/)
      } finally {
        await program.stop()
      }
    }))
  })
}

async function inTemporaryFolder(use) {
  const folder = await mkdtemp(join(tmpdir(), 'playhead-demo-'))
  try {
    await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function text(url) {
  const response = await fetch(url)
  assert.equal(response.status, 200, url)
  return response.text()
}

async function askAndFind(browser, playhead, app) {
  await visit({ browser }, async (page) => {
    const setup = await page.context().newPage()
    await setup.goto(`${playhead}/setup`)
    await setup.getByTestId('setup-check').first().waitFor()
    assert.equal(await setup.locator('[data-testid=setup-check][data-done=true]').count(), 0, 'nothing has arrived yet')

    await page.goto(`${app}/?allow_bots`)
    await page.waitForFunction(() => window.posthog?.sessionRecordingStarted?.() === true)
    const question = 'Where is my order 4821, and can I still change its address?'
    await page.getByTestId('question').pressSequentially(question, { delay: 100 })
    const request = page.waitForRequest('**/api/chat')
    await page.keyboard.press('Enter')
    await page.getByText('Looking the order up').waitFor()
    await page.getByText('until tomorrow at noon').waitFor()
    const sent = (await request).timing().startTime
    await page.getByTestId('thumb-good').click()

    const [trace] = await Promise.all([page.waitForEvent('popup'), page.getByTestId('see-in-playhead').click()])
    assert.ok(trace.url().startsWith(playhead), trace.url())
    await trace.getByText('look_up_order').first().waitFor()
    await trace.getByText('Good answer').first().waitFor() // the feedback
    await pressReplay(trace)
    const shown = await screen(trace)
    assert.match(shown, /Where is my/, 'the question is being typed')
    assert.ok(!shown.includes(question), 'it is not complete yet')
    assert.ok(!shown.includes('until tomorrow at noon'), 'the answer is not there yet')
    const stands = await playerTime(trace)
    assert.ok(Math.abs(stands - (sent - 5000)) < 2500, `the replay opens ${(sent - stands) / 1000} s before the question was sent`)

    // The setup page noticed by itself that everything works.
    await eventually('all checks are done', async () => await setup.locator('[data-testid=setup-check][data-done=false]').count() === 0)
  })
}
