// The documentation's page about linking LLM events to session replays, from a click in a real browser to that moment of its replay.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { AxeBuilder } from '@axe-core/playwright'
import { startExpress } from '../apps/express.js'
import { startFlask } from '../apps/flask.js'
import { answerTo } from '../lib/openai.js'
import { read } from '../lib/playhead.js'
import { eventually, openTrace, play, playerTime, pressReplay, screen, visit } from '../lib/ui.js'

const option1 = { page: 'header.html', host: 'app.test' } // the backend is on another host
const option2 = { page: 'body.html', host: 'app.test', sameOrigin: true }

const scenarios = [
  { name: 'option 1, header injection, Express', backend: startExpress, option: 'header', ...option1, userId: 'user-js' },
  { name: 'option 1, header injection, Flask', backend: startFlask, option: 'header', ...option1, userId: 'user-py' },
  { name: 'option 2, session id in the body, Express', backend: startExpress, option: 'body', ...option2 },
  { name: 'option 2, session id in the body, Flask', backend: startFlask, option: 'body', ...option2 },
  { name: 'chat completions, streamed, Express', backend: startExpress, option: 'streamed', ...option1 },
  { name: 'chat completions, streamed, Flask', backend: startFlask, option: 'streamed', ...option1 },
  { name: 'option 1 letter by letter, Express', backend: startExpress, option: 'verbatim', ...option1 },
  { name: 'no ids at all, Express', backend: startExpress, option: 'nothing', ...option1 },
]

export function linking(env) {
  describe('a click in the browser leads to its moment in the replay', { concurrency: process.env.PLAYHEAD_E2E === 'cluster' ? 2 : 4 }, () => {
    scenarios.forEach((scenario, i) => {
      it(scenario.name, { timeout: 240_000 }, () => run(env, scenario, i))
    })
  })
}

async function run(env, scenario, i) {
  const { browser, playhead, openAI } = env
  const question = `How do I keep my small tent dry in a week of rain, case ${'abcdefgh'[i]}?`
  const answer = answerTo(question)
  const backend = await scenario.backend({
    option: scenario.option, userId: scenario.userId, host: playhead.url, token: playhead.token, openAI: openAI.url, // only browsers know names under .test
  })
  const user = await browser.newContext()
  try {
    const asked = await ask(await user.newPage(), { scenario, backend, playhead, question, answer })
    await visit(env, (page) => look(page, { scenario, playhead, question, answer, asked }))
  } finally {
    await user.close()
    await backend.stop()
  }
}

/** Looks for the question in Playhead, as somebody who was not there. */
async function look(page, { scenario, playhead, question, answer, asked }) {
  // The verbatim snippet's wrapper reports no input (it reads `input`, the snippet sends `messages`), so the trace is found by its answer.
  await openTrace(page, playhead, scenario.option === 'verbatim' ? answer : question)
  await pressReplay(page)
  if (scenario.option === 'nothing') {
    const method = page.getByTestId('link-method')
    await method.waitFor()
    assert.equal(await method.getAttribute('data-method'), 'screen', 'the words on the screen lead to the recording')
  }
  const opened = await playerTime(page)
  assert.ok(Math.abs(opened - (asked.sent - 5000)) < 2500,
    `the replay opens five seconds before the question was sent, not ${(asked.sent - opened) / 1000} s before`)
  const before = await screen(page)
  assert.match(before, scenario.sameOrigin ? /Typed: How do/ : /How do/, 'the question is being typed')
  assert.ok(!before.includes(question), 'the question is not complete yet')
  assert.ok(!before.includes(answer), 'the answer is not there yet')
  if (scenario.sameOrigin) assert.match(before, /\*{3}/, 'what is typed into an input is masked by default')

  await play(page)
  await eventually('the answer appears', async () => (await screen(page)).includes(answer), 60_000)
  assert.ok((await screen(page)).includes(question), 'the whole question was typed')
  await eventually('the player’s clock says when', async () => await playerTime(page) > asked.answered - 1500)
  if (scenario.userId) await page.getByText(`${scenario.userId}@example.com`).first().waitFor()
  if (scenario.option === 'streamed' && !scenario.userId) await experienced(page, answer)
  if (scenario === scenarios[0]) await followed(page)
  if (scenario === scenarios[0]) await search(page, { playhead, question, asked })
}

/** How the person experienced the answer: the strip, and the words that the recorded page shows at the playhead. The message has them marked. */
async function experienced(page, answer) {
  const letters = (text) => text.replace(/[^\p{L}\p{N}]/gu, '')
  const marked = () => page.evaluate(() => [...(CSS.highlights.get('on-screen') ?? [])].map(String).join(' '))
  const current = () => page.locator('[data-testid=message][aria-current=time]').getAttribute('data-role')
  const instant = async (name) => (await page.getByTestId(`answer-${name}`).innerText()).replace(/\s+/g, ' ')
  await page.getByTestId('answer-strip').waitFor({ timeout: 60_000 })
  await eventually('it is known when it was asked', async () => !(await instant('asked')).endsWith('–'))
  assert.match(await instant('asked'), /^Asked \d\d:\d\d:\d\d$/)
  assert.match(await instant('first'), /^First words \+[\d.]+ m?s$/)
  assert.match(await instant('last'), /^Last words \+[\d.]+ m?s$/)
  assert.equal(await page.getByTestId('answer-seen').innerText(), 'Seen')
  await eventually('the moment is as exact as the recording', async () => await page.getByTestId('moment-uncertainty').getAttribute('data-from') === 'asked')
  assert.match(await page.getByTestId('moment-uncertainty').innerText(), /^±\d\d ms$/)

  await page.getByTestId('play').click() // it played until the answer came
  await page.locator('[data-testid=player][data-playing=false]').waitFor()
  await page.getByTestId('answer-last').focus()
  await page.keyboard.press('Enter')
  await eventually('at the last words all of the answer is marked', async () => letters(await marked()) === letters(answer))
  assert.equal(await page.getByTestId('on-screen').getAttribute('data-reach'), '1')
  assert.equal(await current(), 'assistant')
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).exclude('[data-testid=player-screen]').analyze()
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes[0].html}`), [], 'violations')
  const used = page.getByTestId('so-far')
  assert.doesNotMatch(await used.innerText(), /\b0 tokens/, 'by then its tokens are used')

  await page.getByTestId('answer-asked').click()
  await eventually('when it was asked nothing of it is marked', async () => await marked() === '')
  assert.equal(await page.getByTestId('on-screen').getAttribute('data-reach'), '0')
  assert.equal(await current(), 'user')
  assert.match(await used.innerText(), /\b0 tokens/, 'nothing is used yet')
  await eventually('the address has the moment', async () => new URL(page.url()).searchParams.get('t') === String(await playerTime(page)))

}

/** Activity links to the traces around it, and the person links to all their sessions and traces. */
async function followed(page) {
  const around = page.getByTestId('inspector-row').and(page.locator('[data-kind=click], [data-kind=key]')).first().getByTestId('traces-around')
  assert.equal(new URL(await around.getAttribute('href'), page.url()).pathname, new URL(page.url()).pathname, 'from what the person did to the trace around it')
  await page.getByTestId('person-menu').first().click()
  for (const list of ['sessions', 'traces']) assert.match(decodeURIComponent(await page.getByTestId(`person-${list}`).getAttribute('href')), new RegExp(`^/${list}\\?q=person:`))
  await page.keyboard.press('Escape')
}

/** A search of sessions says what matched, and opens the replay there. */
async function search(page, { playhead, question, asked }) {
  await page.goto(`${playhead.url}/sessions?q=${encodeURIComponent(`"${question.split(', ')[1].replace('?', '')}"`)}`)
  const matched = page.getByTestId('matched')
  await matched.waitFor()
  assert.match(await matched.innerText(), /keep my small tent dry/)
  await page.getByTestId('session-timeline-matched').waitFor({ state: 'attached' })
  await openOutline(page)
  await matched.click()
  const opened = await playerTime(page)
  assert.ok(Math.abs(opened - asked.sent) < 10_000, `the replay opens where the question was asked, not ${(asked.sent - opened) / 1000} s before`)
  await page.goBack()
  await page.getByTestId('replay-button').click()
  await page.locator('[data-testid=player][data-playing=true]').waitFor()
  assert.ok(Math.abs(await playerTime(page) - asked.sent) < 20_000, 'the replay button plays from there')
}

/** A point of a row's small timeline opens the session at that moment, by mouse and by keyboard. */
async function openOutline(page) {
  const outline = page.getByTestId('session-timeline')
  assert.match(await outline.getAttribute('aria-label'), /^Timeline of \d+:\d\d: 1 AI call/)
  const { x, y, width, height } = await outline.boundingBox()
  const at = []
  for (const part of [0.25, 0.75]) {
    await page.mouse.click(x + part * width, y + height / 2)
    at.push(await playerTime(page))
    assert.ok(Math.abs(at.at(-1) - Number(new URL(page.url()).searchParams.get('t'))) < 1000, 'the replay is where the address says')
    await page.goBack()
    await outline.waitFor()
  }
  assert.ok(at[1] > at[0], 'a later point is a later moment')
  await outline.focus()
  await page.keyboard.press('End')
  assert.match(await outline.getAttribute('aria-label'), /^Open at \d+:\d\d: /)
  await page.keyboard.press('Enter')
  assert.ok(await playerTime(page) > at[0])
  await page.goBack()
}

/** Visits the page, types the question slowly, sends it and waits for the answer. Returns when the question was sent and the answer had arrived. */
async function ask(page, { scenario, backend, playhead, question, answer }) {
  const answers = new Set()
  page.on('response', (response) => {
    const { origin, pathname } = new URL(response.url())
    if (origin === playhead.captureURL) answers.add(`${response.status()} ${pathname}`)
  })
  const settings = new URLSearchParams({ token: playhead.token, playhead: playhead.captureURL, api: backend.port, ...(scenario.userId && { user: scenario.userId }) })
  await page.goto(`http://${scenario.host}:${backend.port}/${scenario.page}?${settings}`)
  await page.waitForFunction(() => window.posthog?.sessionRecordingStarted?.() === true)
  await page.locator('#question').pressSequentially(question, { delay: 130, timeout: 90_000 })
  await page.locator('#send').click()
  await page.getByText(answer).waitFor()
  const { times, session } = await page.evaluate(() => ({ times: window.times, session: window.posthog.get_session_id() }))
  await eventually('the answer’s part of the recording is uploaded', async () => {
    const response = await read(playhead, `/api/sessions/${session}`)
    return response.ok && (await response.json()).end_ms >= times.answered - 100
  }, 60_000)
  assert.deepEqual([...answers].filter((line) => !line.startsWith('200 ')), [], 'posthog-js takes only 200 for done')
  assert.deepEqual([...answers].filter((line) => /surveys|web-vitals|exception|dead-clicks|toolbar/.test(line)), [], 'it fetches only what it needs')
  return times
}
