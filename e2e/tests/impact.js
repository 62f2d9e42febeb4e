// The page Impact shows the figures of the API, and links to the answers behind them.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, it } from 'node:test'
import { capture } from '../lib/playhead.js'
import { eventually, visit } from '../lib/ui.js'

export function impact(env) {
  describe('the impact of waiting', () => {
    it('is told in sentences, figures and lists, as the API says', { timeout: 120_000 }, () => visit(env, (page) => told(page, env.playhead)))
    it('is not told where nothing was watched', { timeout: 60_000 }, () => visit(env, (page) => nothing(page, env.playhead)))
  })
}

const proportion = (count, of) => ({ count, of, share: of === 0 ? null : count / of, low: of === 0 ? 0 : Math.max(0, count / of - 0.05), high: of === 0 ? 1 : Math.min(1, count / of + 0.05) })
const none = { state: 'not_enough', estimate: 0, low: -1, high: 1, slow: 0, quick: 0 }
const worse = { state: 'worse', estimate: 0.2, low: 0.1, high: 0.3, slow: 200, quick: 800 }

/** What the API returns for 1,000 answers, with one list that finds what was sent. */
function answered(q) {
  const range = (from_s, to_s, answers, bad, good, difference) => ({ from_s, to_s, answers, bad: proportion(bad, answers), good: proportion(good, answers), reactions: { left: proportion(bad, answers), copied: proportion(good, answers) }, difference })
  return {
    from_ms: null, to_ms: null, answers: 1000,
    waits: [range(0, 1, 800, 80, 400, null), range(1, 2, 0, 0, 0, none), range(2, 5, 0, 0, 0, none), range(5, 10, 200, 60, 20, worse), range(10, 20, 0, 0, 0, none), range(20, null, 0, 0, 0, none)],
    worth: [2, 5, 10].map((above_s) => ({ above_s, answers: above_s < 10 ? 200 : 0, bad: above_s < 10 ? proportion(60, 200) : proportion(0, 0), of_bad: proportion(above_s < 10 ? 60 : 0, 140), difference: above_s < 10 ? worse : none, extra: above_s < 10 ? { count: 40, low: 20, high: 60 } : null })),
    limit_s: 5, verdict: 'worse', placebo: { ...none, failed: false },
    sentences: ['Of 100 answers that take 5 s or longer, 20.0 more end badly.', 'The check holds.'],
    groups: [{ value: 'gpt-5', answers: 1000, wait_s: 1.9, bad: proportion(140, 1000), good: proportion(420, 1000), reactions: { left: proportion(140, 1000), raged: proportion(0, 1000) }, waits: [range(0, 1, 800, 80, 400, null), range(5, 10, 200, 60, 20, null)], difference: worse, q: 'model:gpt-5' }],
    others: false,
    unseen: [{ seen: 'not_shown', answers: 12, output_tokens: 34_000, unseen_tokens: 34_000, cost_usd: 0.5, unpriced: 0, q: 'seen:not_shown' }],
    latency: { answers: 1000, wait_p50_s: 0.9, wait_p95_s: 7, ttft_p50_s: 0.5, ttft_p95_s: 5, latency_p50_s: 2, latency_p95_s: 9, explanations: [{ streamed: true, answers: 900, wait_s: 1.9, parts: [{ kind: 'before_call', s: 0.4, across_clocks: true }, { kind: 'model', s: 1.2, across_clocks: false }, { kind: 'network_and_rendering', s: 0.3, across_clocks: true }] }] },
    lists: [{ name: 'slowest', q, sort: '-latency' }, { name: 'most_harmful', q: 'model:nobody', sort: 'start' }, { name: 'most_loved', q: 'model:nobody', sort: 'start' }],
    truncated: false,
  }
}

async function told(page, playhead) {
  const run = randomUUID()
  await capture(playhead, [{ event: '$ai_generation', uuid: randomUUID(), distinct_id: `ada-${run}`, properties: { run, $ai_trace_id: run, $ai_model: 'gpt-5', $ai_latency: 7, $ai_input: [{ role: 'user', content: 'Why so slow?' }] } }])
  const asked = []
  await page.route('**/api/impact?*', (route) => {
    asked.push(new URL(route.request().url()).searchParams)
    return route.fulfill({ json: answered(`prop.run:"${run}"`) })
  })
  await page.goto(`${playhead.url}/overview`)
  await page.locator('main h1').first().waitFor() // keys have no effect before the page's code is loaded
  await page.keyboard.press('g')
  await page.keyboard.press('i')
  const verdict = page.getByTestId('verdict')
  await verdict.getByText('Of 100 answers that take 5 s or longer, 20.0 more end badly.').waitFor()
  assert.equal(await verdict.getAttribute('data-verdict'), 'worse')
  assert.equal(asked[0].get('by'), 'model')
  assert.equal(await page.getByTestId('impact-answers').innerText(), '1,000 answers')

  const cells = async (row) => (await row.getByRole('cell').allInnerTexts()).map((text) => text.trim())
  const slow = page.locator('[data-testid=wait-row][data-from="5"]')
  assert.deepEqual((await cells(slow)).slice(0, 4).map((text) => text.replace(/\s+/g, ' ')), ['200', '30 % 25 – 35', '10 % 5 – 15', '30 % 25 – 35'])
  assert.equal((await cells(slow)).at(-1), '+20.0 of 100 (+10.0 to +30.0)')
  assert.equal(await page.getByTestId('wait-row').count(), 6)
  assert.match(await page.getByTestId('wait-chart').getAttribute('aria-label'), /5 – 10 s: 30 % \(25 % to 35 %\)/)
  assert.match(await page.locator('[data-testid=worth][data-above="5"]').innerText(), /43 %\s+of the bad endings[^]*40 \(20 to 60\)/)
  assert.deepEqual((await cells(page.locator('[data-testid=impact-group][data-value="gpt-5"]'))).slice(0, 4), ['1,000', '1.90 s', '14 %', '42 %'])
  assert.deepEqual(await cells(page.locator('[data-testid=unseen-row][data-seen=not_shown]')), ['12', '34.0k', '$0.50'])
  assert.match((await page.getByTestId('explanation').innerText()).replace(/\s+/g, ' '), /1.90 s in 900 streamed answers: before the call 400 ms first token 1.20 s network and rendering 300 ms/)

  // A value has the same table, of its answers alone.
  const group = page.locator('[data-testid=impact-group][data-value="gpt-5"]')
  await group.getByRole('button').click()
  const within = page.getByTestId('impact-group-waits')
  assert.equal(await within.getByTestId('wait-row').count(), 2)
  assert.deepEqual((await cells(within.getByTestId('wait-row-all'))).slice(0, 4).map((text) => text.replace(/\s+/g, ' ')), ['1,000', '14 % 9.0 – 19', '42 % 37 – 47', '14 % 9.0 – 19'])
  const left = await within.locator('[data-from="5"]').getByRole('link', { name: '30 %' }).getAttribute('href')
  assert.match(new URL(left, page.url()).searchParams.get('q'), /model:gpt-5.*answer_wait:>=5s answer_wait:<10s.*reaction.kind:left/)
  await group.getByRole('button').click()

  // Another field is chosen, and is kept in the address.
  await page.getByTestId('by').click()
  await page.getByTestId('by').fill('prompt_version')
  await page.keyboard.press('Enter')
  await eventually('it is asked by the other field', async () => asked.at(-1).get('by') === 'prompt_version')
  assert.equal(new URL(page.url()).searchParams.get('by'), 'prompt_version')

  // A list has the rows that its terms find, and a range links to its answers.
  const slowest = page.locator('[data-testid=answers][data-list=slowest]')
  await slowest.getByTestId('answer-row').getByText('Why so slow?').waitFor()
  await page.locator('[data-testid=answers][data-list=most_loved]').getByText('No answer ended well.').waitFor()
  await slow.getByRole('link').first().click()
  await page.waitForURL(/\/generations\?/)
  assert.match(new URL(page.url()).searchParams.get('q'), /answer_wait:>=5s answer_wait:<10s/)
  assert.equal(await page.getByTestId('syntax').count(), 0, 'the list understands it')
}

async function nothing(page, playhead) {
  await page.goto(`${playhead.url}/impact?q=model:nobody`)
  await page.getByTestId('problem').getByText('No answer matches').waitFor()
  await page.getByRole('button', { name: 'All answers' }).click()
  await eventually('everything is asked for', async () => !page.url().includes('q='))
}
