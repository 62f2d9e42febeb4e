// The span tree of a trace: searching, folding and zooming it, and going from trace to trace in the order of the list.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, it } from 'node:test'
import { capture } from '../lib/playhead.js'
import { eventually, visit } from '../lib/ui.js'

export function spans(env) {
  describe('the span tree', () => {
    it('is searched, folded and zoomed, and every span of it can be reached with the keyboard', { timeout: 120_000 }, () => visit(env, (page) => exploring(page, env.playhead)))
    it('leads to the next trace of its list, and back to the list as it was', { timeout: 120_000 }, () => visit(env, (page) => fromTheList(page, env.playhead)))
  })
}

const event = (name, properties, at) => ({ event: name, uuid: randomUUID(), distinct_id: 'ada', timestamp: new Date(at).toISOString(), properties })

/** An agent's trace: each turn is a call and a tool. The tool of the fourth turn fails. */
function agent(trace, turns, at, question = 'Which island has the most ferries?') {
  const events = [event('$ai_trace', {
    $ai_trace_id: trace, $ai_span_name: 'research', $ai_latency: turns, $ai_input_state: [{ role: 'user', content: question }], $ai_output_state: [{ role: 'assistant', content: 'The north island.' }],
  }, at + turns * 1000)]
  for (let i = 0; i < turns; i++) {
    const turn = `${trace}-${i}`
    const within = { $ai_trace_id: trace, $ai_parent_id: turn }
    events.push(
      event('$ai_span', { $ai_trace_id: trace, $ai_span_id: turn, $ai_parent_id: trace, $ai_span_name: `turn ${i}`, $ai_latency: 1 }, at + i * 1000 + 1000),
      event('$ai_generation', { ...within, $ai_span_id: `${turn}-g`, $ai_model: 'gpt-5', $ai_latency: 0.4, $ai_input: [{ role: 'user', content: `${question} ${i}` }], $ai_output_choices: [{ role: 'assistant', content: 'Look further.' }] }, at + i * 1000 + 400),
      event('$ai_span', { ...within, $ai_span_id: `${turn}-t`, $ai_span_name: 'fetch_page', $ai_latency: 0.5, ...(i === 3 && { $ai_is_error: true, $ai_error: 'HTTP 503 from the timetable' }) }, at + i * 1000 + 900),
    )
  }
  return events
}

async function exploring(page, playhead) {
  const trace = `spans-${randomUUID()}`
  await capture(playhead, agent(trace, 12, Date.now() - 60_000))
  await page.goto(`${playhead.url}/traces/${trace}`)
  const rows = page.getByTestId('tree-node')
  const names = () => rows.locator('span.truncate').allInnerTexts()
  const status = page.getByRole('status').filter({ hasText: 'span' })

  await rows.first().waitFor()
  assert.equal(await status.innerText(), '37 spans')
  await eventually('the page begins with the question and answer of the whole', async () => (await page.getByTestId('message').allInnerTexts()).join().includes('The north island.'))

  await page.getByTestId('spans-errors').click()
  assert.deepEqual(await names(), ['research', 'turn 3', 'fetch_page'])
  await page.getByTestId('spans-errors').click()
  await page.getByTestId('spans-search').fill('turn 7')
  assert.deepEqual(await names(), ['research', 'turn 7'])
  assert.equal(await status.innerText(), '1 span matches')
  await page.getByTestId('spans-search').fill('')
  await page.getByTestId('spans-fold').selectOption('all')
  assert.deepEqual(await names(), ['research'])

  // From here on with the keyboard alone.
  await page.getByRole('tree').focus()
  await page.keyboard.press('Home')
  await page.keyboard.press('ArrowRight')
  await eventually('the root is unfolded', async () => (await rows.count()) === 13)
  await page.keyboard.press('End')
  const chosen = () => page.locator('[role=treeitem][aria-selected=true]')
  await eventually('the last turn is selected', async () => (await chosen().innerText()).startsWith('turn 11'))
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowDown')
  await eventually('its call is selected', async () => (await chosen().innerText()).startsWith('gpt-5'))
  await eventually('and its question shown', async () => (await page.getByTestId('message').first().innerText()).includes('ferries? 11'))
  await page.keyboard.press('z')
  await page.getByTestId('zoom-out').waitFor()
  const bar = await chosen().locator('.bg-ai').evaluate((e) => e.getBoundingClientRect().width / e.parentElement.getBoundingClientRect().width)
  assert.ok(bar > 0.99, `its bar takes ${bar} of the axis`)
  await page.keyboard.press('Escape')
  await page.getByTestId('zoom-out').waitFor({ state: 'detached' })

  const axis = await page.getByTestId('axis').boundingBox()
  await page.mouse.move(axis.x + axis.width * 0.25, axis.y + 5)
  await page.mouse.down()
  await page.mouse.move(axis.x + axis.width * 0.5, axis.y + 5, { steps: 3 })
  await page.mouse.up()
  await page.getByTestId('zoom-out').waitFor()
  const root = await rows.first().locator('.bg-strong').evaluate((e) => e.getBoundingClientRect().width / e.parentElement.getBoundingClientRect().width)
  assert.ok(root > 0.99, `the whole trace takes ${root} of a quarter of its time`)

  // On a narrow page, the panes are tabs.
  await page.setViewportSize({ width: 1024, height: 700 })
  await page.getByTestId('tab-spans').click()
  await page.getByTestId('spans-search').waitFor()
  assert.equal(await page.getByRole('region', { name: 'Messages' }).isVisible(), false)
  await rows.first().click()
  await page.getByRole('region', { name: 'Messages' }).waitFor()
}

async function fromTheList(page, playhead) {
  const marker = `from the list ${randomUUID()}`
  const now = Date.now()
  for (let i = 0; i < 40; i++) await capture(playhead, agent(`list-${randomUUID()}`, 1, now - i * 10_000, `${marker} number ${i}.`))
  await page.goto(`${playhead.url}/traces?q=${encodeURIComponent(`"${marker}"`)}`)
  const row = (i) => page.getByTestId('trace-row').filter({ hasText: `number ${i}.` })
  await row(0).waitFor()
  const table = page.getByRole('table')
  await table.evaluate((e) => { e.scrollTop = 480 })
  await row(15).click()
  const heading = page.getByRole('heading', { level: 1 })
  await eventually('the trace is open', async () => (await heading.innerText()).includes('number 15.'))
  await page.keyboard.press(']')
  await eventually('the next one is open', async () => (await heading.innerText()).includes('number 16.'))
  await page.getByRole('button', { name: 'Previous row of the list' }).click()
  await eventually('and the one before', async () => (await heading.innerText()).includes('number 15.'))
  await page.goBack()
  await row(15).waitFor()
  assert.ok(page.url().includes('q='), 'the question is in the address')
  assert.equal(await table.evaluate((e) => e.scrollTop), 480)
  await page.goForward()
  await eventually('the trace is open again', async () => (await heading.innerText()).includes('number 15.'))
  await page.keyboard.press('Escape')
  await row(0).or(row(15)).first().waitFor()
  assert.ok(page.url().includes('q='), 'Escape keeps the question')
}
