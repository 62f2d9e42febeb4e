// Lists begin with the newest rows, and the server sorts them by a column.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, it } from 'node:test'
import { capture } from '../lib/playhead.js'
import { generation } from '../lib/recording.js'
import { eventually, visit } from '../lib/ui.js'

export function lists(env) {
  describe('lists', () => {
    it('are sorted by a column over all that match, not over what is in view', { timeout: 120_000 }, () => visit(env, (page) => sorting(page, env.playhead)))
    it('say after some seconds that the server does not answer, and when it does again', { timeout: 60_000 }, () => visit(env, (page) => hanging(page, env.playhead)))
  })
}

async function sorting(page, playhead) {
  const marker = `sorting ${randomUUID()}`
  // The oldest trace is the slowest, and it is not on the first page of the list.
  await capture(playhead, Array.from({ length: 70 }, (_, i) => generation(Date.now() - i * 1000, { input: `${marker} ${i}`, output: 'Yes.', latency: 0.1 + i / 10 })))
  const first = (what, i) => eventually(what, async () => (await page.getByTestId('trace-row').first().innerText()).includes(`${marker} ${i}\n`))
  const head = page.locator('[data-testid=sort][data-key=duration]')

  await page.goto(`${playhead.url}/traces?q=${encodeURIComponent(`"${marker}"`)}`)
  await first('the newest is first', 0)
  await head.click()
  await first('the slowest of all is first', 69)
  assert.equal(new URL(page.url()).searchParams.get('sort'), '-duration')
  assert.equal(await page.locator('[role=columnheader][aria-sort=descending]').innerText(), 'Duration')
  await page.reload()
  await first('the address says so, too', 69)
  await head.click()
  await first('the fastest is first', 0)
  await head.click()
  await eventually('and back to the order of time', async () => !new URL(page.url()).searchParams.has('sort'))
}

async function hanging(page, playhead) {
  await page.route(/\/api\/traces\b|\/readyz$/, () => {}) // never answered
  await page.goto(`${playhead.url}/traces`)
  await page.getByTestId('slow-server').waitFor({ timeout: 10_000 })
  await page.unrouteAll({ behavior: 'ignoreErrors' })
  await page.getByTestId('slow-server').waitFor({ state: 'detached', timeout: 30_000 })
}
