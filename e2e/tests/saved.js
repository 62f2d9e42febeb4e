// What readers save and share: saved views, live lists, links for guests.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, it } from 'node:test'
import { capture, read } from '../lib/playhead.js'
import { countingParts, generation } from '../lib/recording.js'
import { eventually, picture, screen, visit } from '../lib/ui.js'

export function saved(env) {
  describe('what readers keep and share', () => {
    it('views are saved, opened by another reader, changed, renamed and deleted', { timeout: 120_000 }, () => views(env))
    it('a link shows one trace with its replay to a guest, until it is withdrawn', { timeout: 120_000 }, () => shared(env))
  })
}

export function followed(env) {
  it('a list that is followed shows what is new within two seconds, and moves nothing that is read', { timeout: 120_000 }, () => visit(env, (page) => live(page, env.playhead)))
}

const open = async (page, menu) => {
  await page.getByTestId(menu).click()
  return page.getByRole('dialog').filter({ visible: true })
}

async function views(env) {
  const { playhead } = env
  const run = randomUUID()
  await capture(playhead, [1, 2, 3].map((n) => generation(Date.now() - n * 1000, { input: `${run} ${n}`, output: 'Yes.', latency: n, more: { run } })))
  const q = `prop.run:"${run}"`
  await visit(env, async (page) => {
    await page.goto(`${playhead.url}/traces?q=${encodeURIComponent(q)}&since=24h&sort=duration`)
    await page.getByTestId('trace-row').first().waitFor()
    await (await open(page, 'columns')).locator('[data-testid=column][data-id=spans]').click()
    await page.keyboard.press('Escape')
    const menu = await open(page, 'views')
    await menu.getByTestId('view-name').fill(`Mine ${run}`)
    await menu.getByTestId('view-add').click()
    await eventually('the view is open', async () => (await page.getByTestId('views').innerText()).includes(`Mine ${run}`))
    assert.equal(await page.getByTestId('view-changed').count(), 0)
  })
  // Somebody else, in another browser.
  await visit(env, async (page) => {
    await page.goto(`${playhead.url}/traces`)
    const menu = await open(page, 'views')
    await menu.locator(`[data-testid=view][data-name="Mine ${run}"]`).getByTestId('view-open').click()
    const rows = page.getByTestId('trace-row')
    await eventually('its rows', async () => (await rows.count()) === 3)
    assert.match(await rows.first().innerText(), new RegExp(`${run} 1`)) // the fastest first
    assert.ok((await page.getByRole('columnheader').allInnerTexts()).includes('Spans'))
    await page.reload()
    await eventually('its name in the address', async () => (await page.getByTestId('views').innerText()).includes(`Mine ${run}`))
    assert.equal(await page.getByTestId('view-changed').count(), 0)

    await page.locator('[data-testid=sort][data-key=duration]').click()
    await page.getByTestId('view-changed').waitFor()
    await (await open(page, 'views')).getByTestId('view-save').click()
    await page.getByTestId('view-changed').waitFor({ state: 'detached' })
    const again = page.getByRole('dialog').filter({ visible: true })
    await again.locator(`[data-testid=view][data-name="Mine ${run}"]`).getByTestId('view-rename').click()
    await again.getByTestId('view-new-name').fill(`Ours ${run}`)
    await page.keyboard.press('Enter')
    const ours = again.locator(`[data-testid=view][data-name="Ours ${run}"]`)
    await ours.waitFor()
    const { items } = await (await read(playhead, '/api/views')).json()
    const mine = items.find((view) => view.name === `Ours ${run}`)
    assert.deepEqual([mine.list, mine.q, mine.since], ['traces', q, '24h'])
    assert.notEqual(mine.sort, 'duration')
    await ours.getByTestId('view-delete').click()
    await again.getByTestId('view-delete-sure').click()
    await ours.waitFor({ state: 'detached' })
    assert.equal(new URL(page.url()).searchParams.get('view'), null)
  })
}

async function live(page, playhead) {
  const run = randomUUID()
  const send = (n, at = Date.now()) => capture(playhead, [generation(at, { input: `${run} ${n}`, output: 'Yes.', latency: 0.1, more: { run } })])
  await capture(playhead, Array.from({ length: 60 }, (_, i) => generation(Date.now() - 60_000 - i * 1000, { input: `${run} old ${i}`, output: 'Yes.', latency: 0.1, more: { run } })))
  await page.goto(`${playhead.url}/traces?q=${encodeURIComponent(`prop.run:"${run}"`)}&sort=-duration`)
  const rows = page.getByTestId('trace-row')
  await rows.first().waitFor()
  await page.getByTestId('follow').click()
  await eventually('the address says so', async () => new URL(page.url()).searchParams.get('live') === '1')
  assert.equal(new URL(page.url()).searchParams.get('sort'), null) // new rows come first
  await eventually('the newest first', async () => (await rows.first().innerText()).includes(`${run} old 0`))

  await send('new 1')
  await eventually('what is new is first', async () => (await rows.first().innerText()).includes(`${run} new 1`), 10_000)
  // For a reader who has scrolled down, the rows on the screen do not move.
  const table = page.getByRole('table')
  await table.evaluate((view) => view.scrollTo({ top: 600 }))
  const reading = () => rows.evaluateAll((all) => all.map((row) => [row.dataset.id, row.getBoundingClientRect().top]).filter(([, top]) => top > 200 && top < innerHeight))
  await eventually('scrolled', async () => (await table.evaluate((view) => view.scrollTop)) === 600)
  // Rows are drawn some milliseconds after the scrolling.
  const before = await eventually('rows down to the end of the screen', async () => {
    const [now, end] = [await reading(), await table.evaluate((view) => Math.min(innerHeight, view.getBoundingClientRect().bottom))]
    return now.length > 0 && now.at(-1)[1] > end - 60 && now
  })
  await send('new 2')
  await send('new 3')
  const fresh = page.getByTestId('fresh')
  await eventually('they wait behind a button', async () => (await fresh.count()) === 1 && (await fresh.innerText()).includes('2 new traces'), 10_000)
  assert.deepEqual(await reading(), before)
  await fresh.click()
  await eventually('they are shown', async () => (await rows.first().innerText()).includes(`${run} new 3`))
  assert.equal(await table.evaluate((view) => view.scrollTop), 0)

  // A hidden page and a page that was left send no requests.
  const asked = []
  page.on('request', (request) => request.url().includes('/api/newest') && asked.push(request.url()))
  await page.evaluate(() => Object.defineProperty(document, 'hidden', { value: true, configurable: true }))
  asked.length = 0
  await send('new 4')
  await eventually('it is stored', async () => (await (await read(playhead, `/api/traces?count=true&limit=1&q=${encodeURIComponent(`prop.run:"${run}"`)}`)).json()).total === 64)
  assert.ok(asked.length <= 1, `${asked.length} requests of a hidden page`) // one may have been on its way
  await page.evaluate(() => Object.defineProperty(document, 'hidden', { value: false, configurable: true }))
  await eventually('it goes on', async () => (await rows.first().innerText()).includes(`${run} new 4`), 10_000)

  // A list of groups, whatever its order: figures change, and a new group takes its place.
  await page.goto(`${playhead.url}/models?q=${encodeURIComponent(`prop.run:"${run}"`)}&sort=-calls`)
  const models = page.getByTestId('model-row')
  await models.first().waitFor()
  await page.getByTestId('follow').click()
  await eventually('live', async () => new URL(page.url()).searchParams.get('live') === '1' && new URL(page.url()).searchParams.get('sort') === '-calls')
  await capture(playhead, Array.from({ length: 70 }, () => generation(Date.now(), { input: `${run} more`, output: 'Yes.', latency: 0.1, more: { run, $ai_model: `m-${run}` } })))
  await eventually('the new model, which has most calls, is first', async () => (await models.first().innerText()).includes(`m-${run}`), 10_000)
  assert.equal(await page.getByTestId('fresh').count(), 0)
}

async function shared(env) {
  const { browser, playhead } = env
  const run = randomUUID()
  const [session, window, trace] = [`s-${run}`, `w-${run}`, `t-${run}`]
  const start = Date.now() - 600_000
  const part = countingParts(session, window, start)
  await capture(playhead, [part(0, 60), part(60, 120), part(120, 300)], '/s/')
  await capture(playhead, [generation(start + 72_000, { session, window, trace, input: `Where is ${run}?`, output: 'On its way.' })])
  let link
  await visit(env, async (page) => {
    await page.goto(`${playhead.url}/traces/${trace}`)
    await page.getByTestId('replay-button').waitFor({ timeout: 45_000 })
    const menu = await open(page, 'share')
    await menu.getByTestId('share-make').click()
    link = await menu.getByTestId('shared-link').getAttribute('href')
    assert.match(link, /^\/shared\/[\w-]{100,}$/)
  })
  // A guest has no cookie and no password.
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  const guest = await context.newPage()
  const beyond = []
  guest.on('request', (request) => new URL(request.url()).pathname.startsWith('/api/') && beyond.push(request.url()))
  await guest.goto(playhead.url + link)
  await guest.getByText(`Where is ${run}?`).first().waitFor()
  await guest.getByText('On its way.').first().waitFor()
  await guest.getByTestId('replay-button').click()
  await picture(guest)
  await eventually('the screen at the moment', async () => /second 6[4-9]/.test(await screen(guest)))
  assert.equal(await guest.getByRole('navigation').count(), 0)
  assert.deepEqual(beyond, [])
  assert.ok(!(await guest.content()).includes(session))

  await visit(env, async (page) => {
    await page.goto(`${playhead.url}/status`)
    const row = page.getByTestId('shared').filter({ has: page.locator(`[href="${link}"]`) })
    await row.getByTestId('withdraw').click()
    await row.waitFor({ state: 'detached' })
  })
  await guest.reload()
  await guest.getByText('This link shows nothing').first().waitFor()
  await context.close()
}
