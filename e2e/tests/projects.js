// Two projects on one server: the page chooses one, and whatever is opened from there is about it.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { it } from 'node:test'
import { capture, startServer } from '../lib/playhead.js'
import { generation } from '../lib/recording.js'
import { eventually, visit } from '../lib/ui.js'

export function projects(env) {
  it('a project that is chosen stays chosen', { timeout: 120_000 }, async () => {
    const playhead = await startServer(env.binary, ['--projects', '[{name: help-desk, tokens: [phc_help]}]'])
    try {
      const trace = randomUUID() // both have it
      await capture(playhead, [generation(Date.now(), { trace, input: 'Asked in the shop', output: 'Yes.' })])
      await capture({ ...playhead, token: 'phc_help' }, [generation(Date.now(), { trace, input: 'Asked at the help desk', output: 'No.' })])
      await visit({ ...env, playhead }, (page) => choosing(page, playhead, trace))
    } finally {
      await playhead.stop()
    }
  })
}

async function choosing(page, playhead, trace) {
  const row = page.getByTestId('trace-row')
  await page.goto(`${playhead.url}/traces?q=asked`)
  await row.filter({ hasText: 'shop' }).waitFor()
  await page.getByTestId('project').selectOption('help-desk')
  await row.filter({ hasText: 'help desk' }).waitFor()
  assert.equal(await row.count(), 1)
  assert.equal(await page.getByTestId('histogram').getAttribute('data-total'), '1')

  await row.click()
  await page.waitForURL(`**/traces/${trace}?project=help-desk`)
  await page.getByTestId('message').filter({ hasText: 'help desk' }).waitFor()
  for (const link of await page.locator('header a[href^="/"]').all()) assert.match(await link.getAttribute('href'), /\?project=help-desk$/)
  await page.keyboard.press('g')
  await page.keyboard.press('l')
  await page.getByTestId('generation-row').filter({ hasText: 'help desk' }).waitFor()
  await page.goBack()
  await page.goBack()
  await row.filter({ hasText: 'help desk' }).waitFor()
  await page.goBack()
  await eventually('back in the first project', async () => !new URL(page.url()).searchParams.has('project') && await row.filter({ hasText: 'shop' }).count() === 1)
}
