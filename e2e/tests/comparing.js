// What a trace shows about its spans beside their messages (costs, retries, stopped calls, the time of each message), and two generations compared.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, it } from 'node:test'
import { capture } from '../lib/playhead.js'
import { eventually, visit } from '../lib/ui.js'

export function comparing(env) {
  describe('the spans of a trace', () => {
    it('say what they cost, which was tried again, what was stopped, and when each message was said', { timeout: 120_000 }, () => visit(env, (page) => figures(page, env.playhead)))
  })
  describe('two generations', () => {
    it('are chosen and compared, word by word', { timeout: 120_000 }, () => visit(env, (page) => compared(page, env.playhead)))
    it('with prompts of 10 MB are compared without freezing the page', { timeout: 180_000 }, () => visit(env, (page) => large(page, env.playhead)))
  })
}

const event = (name, properties, at) => ({ event: name, uuid: randomUUID(), distinct_id: 'ada', timestamp: new Date(at).toISOString(), properties })
const user = (content) => ({ role: 'user', content })
const assistant = (content) => ({ role: 'assistant', content })

async function figures(page, playhead) {
  const trace = `figures-${randomUUID()}`
  const at = Date.now() - 600_000
  const of = (properties) => ({ $ai_trace_id: trace, $ai_model: 'gpt-4o', $ai_provider: 'openai', ...properties })
  const question = user('How warm is it in Oslo?')
  const call = { role: 'assistant', content: null, tool_calls: [{ id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } }] }
  await capture(playhead, [
    event('$ai_trace', { $ai_trace_id: trace, $ai_span_name: 'assistant', $ai_latency: 60 }, at + 60_000),
    // The agent's span repeats the usage of its calls.
    event('$ai_span', of({ $ai_span_id: `${trace}-agent`, $ai_parent_id: trace, $ai_span_name: 'agent', $ai_latency: 50, $ai_input_tokens: 3000, $ai_output_tokens: 300 }), at + 50_000),
    event('$ai_generation', of({ $ai_span_id: 'a', $ai_parent_id: `${trace}-agent`, $ai_latency: 10, $ai_input: [question], $ai_is_error: true, $ai_error: 'overloaded', $ai_http_status: 529 }), at + 10_000),
    event('$ai_generation', of({ $ai_span_id: 'b', $ai_parent_id: `${trace}-agent`, $ai_latency: 10, $ai_input_tokens: 1000, $ai_output_tokens: 100, $ai_input: [question], $ai_output_choices: [call] }), at + 21_000),
    event('$ai_span', { $ai_trace_id: trace, $ai_span_id: 'c', $ai_parent_id: `${trace}-agent`, $ai_span_name: 'weather', $ai_latency: 4 }, at + 26_000),
    event('$ai_span', { $ai_trace_id: trace, $ai_span_id: 'd', $ai_parent_id: `${trace}-agent`, $ai_span_name: 'log', $ai_latency: 3 }, at + 25_000),
    event('$ai_generation', of({
      $ai_span_id: 'e', $ai_parent_id: `${trace}-agent`, $ai_latency: 10, $ai_input_tokens: 2000, $ai_output_tokens: 150, $ai_input: [question, call, { role: 'tool', tool_call_id: 'c1', content: '21 °C' }],
      $ai_output_choices: [assistant('21 degr')], $ai_is_error: true, $ai_http_status: 500, $ai_error: JSON.stringify({ name: 'AbortError', message: 'This operation was aborted', stack: '' }),
    }), at + 40_000),
  ])
  await page.goto(`${playhead.url}/traces/${trace}`)
  const row = (name) => page.getByTestId('tree-node').filter({ hasText: name })
  await row('agent').waitFor()
  await page.setViewportSize({ width: 1920, height: 900 })
  assert.equal(await page.getByTestId('trace-cost').innerText(), '$0.01') // two calls; the provider refused the failed one and charges nothing
  assert.equal((await row('agent').getByTestId('subtree-cost').innerText()).trim(), '$0.01')
  assert.match(await row('agent').getByTestId('subtree-cost').getAttribute('title'), /Wall clock: 50.0 s\nCalls added up: 30.0 s\nCost with all below it: \$0.01/)
  assert.deepEqual(await page.getByTestId('attempt').allInnerTexts(), ['try 1 of 2', 'retry 2 of 2'])
  assert.equal(await page.getByTestId('parallel').count(), 2)
  assert.match(await page.getByTestId('trace-stopped').innerText(), /1 stopped/)
  assert.match(await page.locator('header').getByText('failed').innerText(), /1 failed/)

  // The page opens with the last call: its question and its answer, each with its time.
  await page.getByTestId('stopped-note').waitFor()
  const times = page.getByTestId('message-time')
  await eventually('the messages have times', async () => (await times.count()) === 4)
  const shown = await times.evaluateAll((all) => all.map((time) => Date.parse(time.dateTime)))
  assert.deepEqual(shown, [at, at + 21_000, at + 26_000, at + 40_000])

  await page.goto(`${playhead.url}/traces?q=${encodeURIComponent(`stopped:true trace:${trace}`)}`)
  await page.getByTestId('trace-row-stopped').waitFor()
  await page.goto(`${playhead.url}/generations?q=${encodeURIComponent(`stopped:true error:false trace:${trace}`)}`)
  await eventually('the stopped one is listed', async () => (await page.getByTestId('generation-row').allInnerTexts()).join().includes('Stopped'))
  assert.equal(await page.getByTestId('generation-row').count(), 1)

  // A drag that ends elsewhere does not affect the next click, and one that ends on a row does not select it.
  await page.goto(`${playhead.url}/traces/${trace}`)
  await row('weather').waitFor()
  const chosen = () => page.locator('[role=treeitem][aria-selected=true]').innerText()
  const before = await chosen()
  const bars = await row('weather').locator('> div').nth(1).boundingBox()
  await page.mouse.move(bars.x + 10, bars.y + 10)
  await page.mouse.down()
  await page.mouse.move(bars.x + 60, bars.y + 10, { steps: 3 })
  await page.mouse.up()
  await page.getByTestId('zoom-out').waitFor()
  assert.equal(await chosen(), before)
  await page.getByTestId('zoom-out').click()
  await row('weather').click({ position: { x: 40, y: 10 } })
  await eventually('a click selects', async () => (await chosen()).includes('weather'))
  await page.mouse.click(bars.x + 10, bars.y + 10)
  await row('log').locator('> div').nth(1).click()
  await eventually('also on the bars', async () => (await chosen()).includes('log'))
}

async function compared(page, playhead) {
  const chat = `chat-${randomUUID()}`
  const at = Date.now() - 600_000
  const rules = (how) => ({ role: 'system', content: `Answer ${how}. Say so when you do not know.` })
  const generation = (i, properties) => event('$ai_generation', { $ai_trace_id: `${chat}-${i}`, $ai_session_id: chat, $ai_provider: 'openai', $ai_input_tokens: 1000, $ai_output_tokens: 100 * (i + 1), ...properties }, at + i * 60_000)
  await capture(playhead, [
    generation(0, { $ai_model: 'gpt-4o', $ai_latency: 2, $ai_model_parameters: { temperature: 0.2 }, $ai_input: [rules('briefly'), user('When is the invoice due?')], $ai_output_choices: [assistant('It is due on Friday.')] }),
    generation(1, { $ai_model: 'gpt-4o-mini', $ai_latency: 1, $ai_model_parameters: { temperature: 0.7 }, $ai_input: [rules('politely'), user('When is the invoice due?')], $ai_output_choices: [assistant('It is due on Monday, I think.')] }),
  ])
  await page.goto(`${playhead.url}/traces/${chat}-1`)
  await page.getByTestId('compare-with').selectOption('before')
  await page.waitForURL(/\/compare\?/)
  const prompts = page.getByTestId('compare-prompts')
  await eventually('the words that differ in the prompts', async () => (await prompts.locator('del, ins').allInnerTexts()).join() === 'briefly,politely')
  assert.equal(await prompts.getByTestId('compare-same').count(), 1)
  const answers = page.getByTestId('compare-answers')
  assert.equal(await answers.locator('del').innerText(), 'Friday')
  assert.match((await answers.locator('ins').allInnerTexts()).join(''), /Monday/)
  const figure = async (name) => (await page.locator(`[data-figure="${name}"]`).innerText()).split(/\s*\t\s*|\n/).map((t) => t.trim()).filter(Boolean)
  assert.deepEqual(await figure('Model'), ['Model', 'gpt-4o', 'gpt-4o-mini'])
  assert.deepEqual(await figure('temperature'), ['temperature', '0.2', '0.7'])
  assert.deepEqual(await figure('Latency'), ['Latency', '2.00 s', '1.00 s', '−50 %'])
  assert.equal((await figure('Cost')).length, 4)

  await page.keyboard.press('x')
  await eventually('the sides are changed', async () => (await answers.locator('ins').innerText()) === 'Friday')

  // Another way: choose one on its trace, the other in a list.
  await page.goto(`${playhead.url}/traces/${chat}-0`)
  await page.getByTestId('compare-with').selectOption('before')
  await page.getByText('There is none before it in this conversation').waitFor()
  await page.getByTestId('compare-with').selectOption('another')
  await page.getByRole('button', { name: 'The same conversation' }).click()
  await page.getByTestId('compare-choice').click()
  await eventually('they are compared', async () => (await answers.locator('del').innerText()) === 'Friday')
  await page.goBack()
  await page.getByTestId('compare-choice').waitFor()
}

async function large(page, playhead) {
  const at = Date.now() - 600_000
  const trace = `large-${randomUUID()}`
  const text = (seed) => Array.from({ length: 1_400_000 }, (_, i) => `${((i * 7919 + seed) % 99_991).toString(36)}${i % 12 === 0 ? '\n' : ''}`).join(' ')
  const long = text(1)
  const generation = (i, prompt) => event('$ai_generation', { $ai_trace_id: trace, $ai_span_id: `s${i}`, $ai_model: 'gpt-4o', $ai_latency: 1, $ai_input: [{ role: 'system', content: prompt }, user('Sum it up.')], $ai_output_choices: [assistant(`Summary ${i}.`)] }, at + i * 5000)
  // The first two differ in a few words, the third in everything.
  const events = [generation(0, `${long} one end`), generation(1, `beginning ${long} another end`), generation(2, text(50_000))]
  for (const e of events) await capture(playhead, [e])
  await page.goto(playhead.url)
  await page.evaluate(() => {
    window.longest = 0
    let last = performance.now()
    setInterval(() => {
      const now = performance.now()
      window.longest = Math.max(window.longest, now - last)
      last = now
    }, 10)
  })
  for (const [a, b, marks] of [[0, 1, true], [0, 2, false]]) {
    await page.evaluate((to) => {
      history.pushState(null, '', to)
      dispatchEvent(new PopStateEvent('popstate'))
    }, `/compare?a=${events[a].uuid}&b=${events[b].uuid}`)
    await page.getByTestId('compare-cut').waitFor()
    await page.getByTestId('compare-prompts').getByTestId('compare-row').waitFor({ timeout: 60_000 })
    const words = page.getByTestId('compare-prompts').locator('ins')
    if (marks) await eventually('the word that was added at the beginning', async () => (await words.first().innerText()).includes('beginning'))
    else await page.getByText('differ too much').waitFor({ timeout: 60_000 })
    assert.match(await page.getByTestId('compare-answers').locator('ins').innerText(), new RegExp(String(b)))
  }
  // A busy machine delays a page, too; a comparison on the main thread would hold it for many seconds.
  const blocked = await page.evaluate(() => window.longest)
  assert.ok(blocked < 3000, `the page did not answer for ${Math.round(blocked)} ms`)
}
