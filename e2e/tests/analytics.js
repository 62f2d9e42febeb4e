// The pages with sums over the sent data: each figure is right, and links to its rows.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { capture } from '../lib/playhead.js'
import { counting } from '../lib/recording.js'
import { eventually, visit } from '../lib/ui.js'

export function analytics(env) {
  describe('figures and groups', () => {
    it('are on a page each, and lead to the rows behind them', { timeout: 120_000 }, () => visit(env, (page) => lists(page, env.playhead)))
    it('are on the overview, over time, beside the range before, and what is dragged is looked at closer', { timeout: 120_000 }, () => visit(env, (page) => overview(page, env.playhead)))
    it('say on open pages what is judged meanwhile', { timeout: 120_000 }, () => visit(env, (page) => judged(page, env.playhead)))
    it('have columns that are chosen and remembered, and are taken along as a file', { timeout: 120_000 }, () => visit(env, (page) => choosing(page, env.playhead)))
  })
}

/** A judge's explanation that is longer than a list shows. */
const reasoning = `It looked for the order. ${'The date was not checked with the warehouse. '.repeat(8)}So it was not careful.`

/** What one run of an application sends: two chats of three turns by one person, a tool that fails once, a prompt, feedback, and what a judge says of a tool. */
async function send(playhead) {
  const run = randomUUID()
  const who = `ada-${run}`
  const start = Date.now() - 2 * 3_600_000
  const event = (name, properties, at) => ({ event: name, uuid: randomUUID(), distinct_id: who, timestamp: new Date(at).toISOString(), properties: { run, ...properties } })
  const events = [event('$identify', { $set: { name: `Ada ${run}`, email: `${run}@example.com` } }, start)]
  for (let i = 0; i < 6; i++) {
    const trace = `${run}-${i}`
    const at = start + (i % 3) * 90_000 + Math.floor(i / 3) * 3_600_000
    events.push(
      event('$ai_generation', {
        $ai_trace_id: trace, $ai_span_id: `${trace}-g`, $ai_session_id: `${run}-chat-${Math.floor(i / 3)}`, $ai_model: 'gpt-4o', $ai_provider: 'openai', $ai_latency: 2, $ai_input_tokens: 1000, $ai_output_tokens: 100,
        $ai_prompt_name: `prompt-${run}`, $ai_prompt_version: String(1 + i % 2), $ai_release: i < 3 ? `old-${run}` : `new-${run}`,
        $ai_input: [{ role: 'user', content: `Where is order ${i}?` }],
        $ai_output_choices: [{ role: 'assistant', content: [{ type: 'text', text: `It comes on day ${i}.` }, { type: 'function', id: 'c', function: { name: `find-${run}`, arguments: '{}' } }] }],
      }, at + 2000),
      event('$ai_span', { $ai_trace_id: trace, $ai_span_id: `${trace}-t`, $ai_parent_id: `${trace}-g`, $ai_span_name: `find-${run}`, $ai_span_type: 'tool', $ai_latency: 0.5, ...(i === 4 && { $ai_is_error: true, $ai_error: `Order ${i} of the shop was not found` }) }, at + 1500),
    )
  }
  events.push(event('$ai_feedback', { $ai_trace_id: `${run}-0`, $ai_feedback_text: 'It was right' }, start + 20_000))
  events.push(event('$ai_evaluation', { $ai_trace_id: `${run}-1`, $ai_target_event_id: `${run}-1-t`, $ai_evaluation_name: 'careful', $ai_evaluation_result: false, $ai_evaluation_reasoning: reasoning }, start + 400_000))
  await capture(playhead, events)
  return { run, q: `prop.run:"${run}"` }
}

async function lists(page, playhead) {
  const { run, q } = await send(playhead)
  const open = async (list, row = list.slice(0, -1)) => {
    await page.goto(`${playhead.url}/${list}?q=${encodeURIComponent(q)}`)
    const rows = page.getByTestId(`${row}-row`)
    await rows.first().waitFor()
    return rows
  }
  const cells = async (row) => (await row.getByRole('cell').allInnerTexts()).map((text) => text.trim())

  const people = await open('people', 'person')
  assert.equal(await people.count(), 1)
  assert.deepEqual((await cells(people)).slice(1, 4), ['6', '$0.021', '6.0k → 600'])
  await people.getByRole('link').first().click()
  await eventually('the traces of the person', async () => (await page.getByTestId('trace-row').count()) === 6)
  assert.match(decodeURIComponent(page.url()), new RegExp(`/traces\\?q=.*person:ada-${run}`))

  const errors = await open('errors')
  const [what, count, affected] = await cells(errors)
  assert.match(what, /Order 4 of the shop was not found/)
  assert.deepEqual([count, affected], ['1', '1'])
  await errors.getByTestId('example').click()
  await page.waitForURL(new RegExp(`/traces/${run}-4`))

  const tools = await open('tools')
  assert.deepEqual((await cells(tools)).slice(2, 5).map((text) => text.replace(/\s+/g, ' ')), ['6', '1 17 %', '500 ms'])

  const prompts = await open('prompts')
  assert.equal(await prompts.count(), 2)
  await page.locator('[data-testid=sort][data-key=prompt_version]').click()
  await eventually('the newest version is first', async () => (await cells(prompts.first()))[1] === '2')
  await prompts.first().getByRole('link').first().click()
  await eventually('its generations', async () => (await page.getByTestId('generation-row').count()) === 3)

  const models = await open('models')
  assert.deepEqual((await cells(models)).slice(1, 3), ['6', '$0.021'])

  await page.getByTestId('tab-providers').click()
  const providers = page.getByTestId('provider-row')
  await providers.first().waitFor()
  assert.deepEqual((await cells(providers)).slice(0, 6), ['openai', '1', '6', '$0.021', '6.0k → 600', '0'])
  await providers.getByRole('link', { name: '$0.021' }).click()
  await eventually('the generations of its cost', async () => (await page.getByTestId('generation-row').count()) === 6)
  assert.equal(new URL(page.url()).searchParams.get('sort'), '-cost')

  const feedback = await open('feedback', 'feedback')
  const said = feedback.filter({ hasText: 'It was right' })
  assert.equal((await cells(said))[0], 'It was right')
  await eventually('how both were scored', async () => /1 scored below 0\.5 \(50 %\)\s*1 without a score/.test(await page.getByTestId('histogram-figures').innerText()))
  await said.getByRole('link').first().click()
  await page.waitForURL(new RegExp(`/traces/${run}-0`))

  await (await open('feedback', 'feedback')).filter({ hasText: 'careful' }).getByRole('link').first().click()
  await page.waitForURL(new RegExp(`/traces/${run}-1\\?node=${run}-1-t`))
  const judged = page.locator('[role=treeitem][aria-selected=true]')
  await eventually('the tool that the judge means is selected', async () => (await judged.innerText()).startsWith(`find-${run}`))
  assert.equal(await page.getByTestId('opinions').count(), 1)
  assert.equal(await judged.getByTestId('opinions').getAttribute('aria-label'), 'careful: false')
  const why = page.getByTestId('node-feedback').getByTestId('explanation')
  assert.match(await why.innerText(), /^It looked for the order\..*…$/)
  await page.getByTestId('node-feedback').getByRole('button', { name: 'Show all' }).click()
  await eventually('all of the explanation', async () => (await why.innerText()) === reasoning)

  const conversations = await open('conversations')
  assert.equal(await conversations.count(), 2)
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  const turns = page.getByTestId('turn')
  await eventually('its turns', async () => (await turns.count()) === 3)
  await eventually('the second turn has its text', async () => /1 m 2\d s later[^]*Where is order 4\?[^]*It comes on day 4\./.test(await turns.nth(1).innerText()))
  await turns.nth(1).getByTestId('trace-link').click()
  await page.waitForURL(new RegExp(`/traces/${run}-4`))

  await page.keyboard.press('g')
  await page.keyboard.press('e')
  await page.waitForURL(/\/errors$/)
}

/** Feedback that arrives while a conversation, or a session of an hour ago, is open is on the page without a reload. */
async function judged(page, playhead) {
  const { run } = await send(playhead)
  const say = (properties) => capture(playhead, [{ event: '$ai_feedback', uuid: randomUUID(), distinct_id: `ada-${run}`, timestamp: new Date().toISOString(), properties: { run, ...properties } }])
  await page.goto(`${playhead.url}/conversations/${run}-chat-0`)
  const first = page.getByTestId('turn').first()
  await first.getByTestId('turn-feedback').getByText('It was right').waitFor()
  await say({ $ai_trace_id: `${run}-2`, $ai_feedback_text: 'and this was late' })
  await page.getByTestId('turn').nth(2).getByTestId('turn-feedback').getByText('and this was late').waitFor({ timeout: 15_000 })

  const start = Date.now() - 3_600_000
  await capture(playhead, [counting(`s-${run}`, `w-${run}`, start)], '/s/')
  // What has just been received counts as live, and live sessions are asked for anyway. This one has ended.
  await page.route('**/api/sessions/*/timeline', async (route) => {
    const response = await route.fetch()
    await route.fulfill({ response, json: { ...(await response.json()), live: false } })
  })
  await page.goto(`${playhead.url}/sessions/s-${run}`)
  await page.getByTestId('inspect-all').click()
  await page.waitForTimeout(6000) // it has asked for the first time
  assert.equal(await page.locator('[data-testid=inspector-row][data-kind=feedback]').count(), 0)
  await capture(playhead, [{ event: '$ai_feedback', uuid: randomUUID(), distinct_id: `ada-${run}`, timestamp: new Date(start + 20_000).toISOString(), properties: { $session_id: `s-${run}`, $window_id: `w-${run}`, $ai_trace_id: `${run}-1`, $ai_feedback_text: 'judged later' } }])
  await page.locator('[data-testid=inspector-row][data-kind=feedback]').waitFor({ timeout: 30_000 })
}

async function overview(page, playhead) {
  const { run, q } = await send(playhead)
  await page.goto(`${playhead.url}/overview?q=${encodeURIComponent(q)}&since=24h&by=prompt_version`)
  const figure = (id) => page.locator(`[data-testid=figure][data-id=${id}]`)
  const value = (id) => figure(id).getByTestId('figure-value').innerText()
  await figure('traces').getByTestId('figure-value').waitFor()
  assert.deepEqual([await value('traces'), await value('generations'), await value('people'), await value('cost'), await value('latency'), await value('error_rate')], ['6', '6', '1', '$0.021', '2.00 s', '0 %'])
  const rows = page.getByTestId('breakdown-row')
  assert.deepEqual(await rows.evaluateAll((all) => all.map((row) => row.dataset.value).toSorted()), ['1', '2'])
  assert.match(await page.getByTestId('annotations').innerText(), new RegExp(`new-${run}`))
  const changed = page.getByTestId('changed')
  await changed.getByText('There are too few generations to compare with the range before').waitFor()
  const asked = page.waitForRequest((request) => /api\/changed.*base_from=/.test(request.url()))
  await page.getByTestId('changed-base').selectOption('week')
  assert.ok((await asked).url().includes('base_to='))
  await changed.getByText('with the same range a week before').waitFor()
  await page.getByTestId('changed-field').fill('prompt_v')
  const ofField = page.waitForRequest((request) => /api\/changed.*fields=prompt_version(&|$)/.test(request.url()))
  await page.keyboard.press('Enter')
  await ofField
  await page.reload()
  await page.getByTestId('changed-of').getByText('prompt_version').waitFor()
  assert.equal(await page.getByTestId('changed-base').inputValue(), 'week')

  await page.getByTestId('note').click()
  await page.getByTestId('note-text').fill(`deployed ${run}`)
  await page.keyboard.press('Enter')
  await page.getByTestId('annotations').getByText(`deployed ${run}`).waitFor()

  // The first chat was two hours ago, the second one an hour.
  const box = await figure('traces').getByTestId('chart').boundingBox()
  await page.mouse.move(box.x + box.width * (1 - 1.5 / 24), box.y + 20)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width - 1, box.y + 20, { steps: 3 })
  await page.mouse.up()
  await eventually('the second chat alone', async () => (await value('traces')) === '3')
  assert.match(page.url(), /from=.*to=/)
  // Columns of the breakdown are chosen, and remembered.
  const heads = () => page.getByTestId('breakdown').getByRole('columnheader').allInnerTexts()
  assert.ok((await heads()).includes('Per person') && (await heads()).includes('Tokens/s') && !(await heads()).includes('Linked'))
  await page.getByTestId('breakdown').getByTestId('columns').click()
  await page.locator('[data-testid=column][data-id=linked_rate]:visible').click()
  await page.keyboard.press('Escape')
  await page.reload()
  await eventually('the column is still there', async () => (await heads()).includes('Linked'))
  await figure('cost').getByTestId('figure-value').click()
  await eventually('the generations of its cost', async () => (await page.getByTestId('generation-row').count()) === 3)
  assert.equal(new URL(page.url()).searchParams.get('sort'), '-cost')
}

async function choosing(page, playhead) {
  const { q } = await send(playhead)
  await page.goto(`${playhead.url}/generations?q=${encodeURIComponent(q)}`)
  const rows = page.getByTestId('generation-row')
  await rows.first().waitFor()
  const heads = () => page.getByRole('columnheader').allInnerTexts()
  assert.ok(!(await heads()).includes('Provider'))

  // With the keyboard alone.
  await page.getByTestId('columns').focus()
  await page.keyboard.press('Enter')
  await page.waitForFunction(() => document.activeElement?.closest('[role=dialog]')) // the menu puts the focus into itself when it is open
  const provider = page.locator('[data-testid=column][data-id=provider]')
  await provider.focus()
  await page.keyboard.press('Space')
  assert.ok(await provider.isChecked())
  await page.locator('[data-testid=density][data-value=compact]').focus()
  await page.keyboard.press('Enter')
  const wide = () => page.locator('[data-column=model]').evaluate((head) => head.getBoundingClientRect().width)
  const before = await wide()
  await page.getByRole('button', { name: 'Make Model wider' }).press('Enter')
  await page.keyboard.press('Escape')
  await eventually('the menu is closed', async () => !(await page.getByRole('dialog', { name: 'Columns and rows' }).isVisible()))
  await page.reload()
  await rows.first().waitFor()
  assert.ok((await heads()).includes('Provider'), 'the column is still there')
  assert.ok((await wide()) > before, 'and wider')
  assert.equal((await rows.first().boundingBox()).height, 34)

  const bar = page.getByTestId('export-bar')
  for (const format of ['csv', 'jsonl', 'parquet']) {
    await page.getByTestId('export').click()
    const [download] = await Promise.all([page.waitForEvent('download'), page.locator(`[data-testid=export-file][data-format=${format}]`).click()])
    const file = await readFile(await download.path(), 'utf8')
    if (format === 'csv') assert.equal(file.trim().split('\n').length, 7, 'a line for each generation, and the head')
    await eventually(`how many rows were written as ${format}`, async () => /Exported 6 of 6 generations/.test(await bar.innerText()))
    await bar.getByTestId('export-close').click()
    await bar.waitFor({ state: 'detached' })
  }

  // An answer that takes long, is cancelled, and one that fails: it says what to do.
  const waiting = []
  await page.route('**/api/export/**', (route) => void waiting.push(route))
  await page.getByTestId('export').click()
  await page.locator('[data-testid=export-file][data-format=jsonl]').click()
  await bar.getByText('Counting the generations').waitFor()
  await bar.getByTestId('export-close').click()
  await bar.waitFor({ state: 'detached' })
  await page.unroute('**/api/export/**')
  await page.route('**/api/export/**', (route) => route.abort())
  await page.getByTestId('export').click()
  await page.locator('[data-testid=export-file][data-format=jsonl]').click()
  await bar.getByText('The generations could not be exported').waitFor()
  await page.unroute('**/api/export/**')
  const [again] = await Promise.all([page.waitForEvent('download'), bar.getByTestId('export-again').click()])
  assert.equal((await readFile(await again.path(), 'utf8')).trim().split('\n').length, 6)
}
