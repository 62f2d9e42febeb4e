// What a new user does: start the demo, ask, and see it in Playhead. Runs the README's command on a clean clone when asked to.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { anyPorts, bothAddresses } from '../lib/demo.js'
import { root } from '../lib/playhead.js'
import { start } from '../lib/processes.js'
import { eventually, picture, playerTime, pressReplay, screen, visit } from '../lib/ui.js'

const listening = ['--history=false', ...anyPorts]

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

    it('has a history, of which the start pages show what is worth seeing', { timeout: 180_000 }, () => inTemporaryFolder(async (folder) => {
      const program = await start(env.binary.path, ['demo', ...anyPorts, '--data', join(folder, 'data')], { ready: bothAddresses })
      try {
        await seeTheHistory(env.browser, ...program.match.slice(1))
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

    // The setup page has shown without a reload that everything works.
    await eventually('all checks are done', async () => await setup.locator('[data-testid=setup-check][data-done=false]').count() === 0)
    // Who sends to a wrong address is told so, and the page shows it, too.
    assert.equal(await setup.getByTestId('rejected-requests').count(), 0)
    const lost = await fetch(`${playhead}/v1/trace`, { method: 'POST', body: '{}', headers: { 'User-Agent': 'exporter/1' } })
    assert.equal(lost.status, 404)
    assert.match(await lost.text(), /did you mean \/v1\/traces\?/)
    const row = setup.getByTestId('rejected-requests').locator('tbody tr')
    await row.waitFor()
    assert.match(await row.innerText(), /\/v1\/trace\s+404 .*did you mean \/v1\/traces\?\s+exporter\/1\s+1\s/)
  })
}

async function seeTheHistory(browser, playhead, app) {
  await visit({ browser }, async (page) => {
    // The chat works while the history is sent.
    await page.goto(`${app}/?allow_bots`)
    await page.getByTestId('history').waitFor()
    await page.getByTestId('question').fill('Hello')
    await page.keyboard.press('Enter')
    await page.getByText('What are you planning?', { exact: false }).last().waitFor()
    await page.getByTestId('see-in-playhead').waitFor()
    assert.match(await page.locator('#visit').getAttribute('href'), /\/traces\/./, '“Open Playhead” leads to the newest answer')
    await page.getByText('New chat').click()

    const state = await eventually('the history is sent', async () => {
      const now = await (await fetch(`${app}/api/state`)).json()
      assert.equal(now.problem, '')
      return now.sent === 1 && now
    }, 120_000)
    const links = page.getByTestId('find')
    assert.equal(await links.count(), 3)

    // Playhead's first page links to the same finds.
    const ui = await page.context().newPage()
    await ui.goto(playhead)
    await ui.getByTestId('demo-bar').getByText("Open the demo's chat").waitFor()
    assert.deepEqual(await ui.getByTestId('demo-find').allTextContents(), state.finds.map((find) => find.title))

    for (const [i, find] of state.finds.entries()) {
      const list = await (await fetch(`${playhead}/api/${find.list}?limit=1&count=true&q=${encodeURIComponent(find.query)}`)).json()
      assert.equal(list.total, find.count, find.title)
      await ui.goto(await links.nth(i).getAttribute('href'))
      const row = ui.getByTestId(`${find.list.slice(0, -1)}-row`).filter({ has: ui.getByTestId('replay-button') }).first()
      await row.waitFor()
      const question = (await row.locator('a').first().textContent()).trim()
      // Eight seconds after the replay's beginning the question has been sent.
      const address = new URL(await row.getByTestId('replay-button').getAttribute('href'), playhead)
      address.searchParams.set('t', Number(address.searchParams.get('t')) + 8000)
      await ui.goto(String(address))
      await picture(ui)
      await eventually(`the replay of “${find.title}” shows the question`, async () => (await screen(ui)).includes(question))
      assert.equal(await ui.getByTestId('unplayable').count(), 0, 'events that could not be played')
    }
    await seeTheImpact(ui, playhead)
  })
}

/** Goes from a figure of the page Impact to the answers behind it, and from an answer to its moment. */
async function seeTheImpact(ui, playhead) {
  const reactions = ui.locator('[data-testid=wait-row] a[href*="reaction.kind"]')
  // The figures grow while experiences are still being derived.
  await eventually('the rows behind a figure are as many as it counts', async () => {
    await ui.goto(`${playhead}/impact`)
    await ui.getByTestId('wait-row').first().waitFor({ timeout: 10_000 })
    if (await reactions.count() === 0 || await ui.locator('[data-list=slowest] [data-testid=answer-row]').count() === 0) return false
    const figure = reactions.first()
    const many = Number((await figure.getAttribute('title')).replace(/\D/g, ''))
    const query = new URL(await figure.getAttribute('href'), playhead).searchParams.get('q')
    const list = await (await fetch(`${playhead}/api/generations?limit=1&count=true&q=${encodeURIComponent(query)}`)).json()
    return list.total === many
  }, 90_000)
  await ui.locator('[data-list=slowest]').getByTestId('replay-button').first().click()
  await picture(ui)
  await ui.getByTestId('answer-strip').waitFor()
}
