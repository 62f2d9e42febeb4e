// One playhead: every click moves the whole page. Also the use of the replay page: keys, panes, tabs, a long session.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, it } from 'node:test'
import { capture } from '../lib/playhead.js'
import { counting, element, firstPicture, generation, mouse, mutation, snapshot } from '../lib/recording.js'
import { eventually, picture, play, playerTime, screen, visit } from '../lib/ui.js'

export function player(env) {
  describe('one playhead', { concurrency: 3 }, () => {
    it('spans, messages and the timeline move it, and the address holds it', { timeout: 120_000 }, () => visit(env, (page) => moving(page, env.playhead)))
    it('panes are resized with the keyboard, and stay so', { timeout: 120_000 }, () => visit(env, (page) => resizing(page, env.playhead)))
    it('follows the tab in which the person acts, or stays in one', { timeout: 120_000 }, () => visit(env, (page) => tabs(page, env.playhead)))
    it('shows what happened in the last instant', { timeout: 120_000 }, () => visit(env, (page) => lastInstant(page, env.playhead)))
    it('shows the page in its own colours', { timeout: 120_000 }, () => visit(env, (page) => colours(page, env.playhead)))
    it('shows the focus, the selection and the pointer, and leaves the reader theirs', { timeout: 120_000 }, () => visit(env, (page) => focused(page, env.playhead)))
    it('shows what arrives of a session of long ago', { timeout: 120_000 }, () => visit(env, (page) => lateParts(page, env.playhead)))
    it('shows 500 calls over eight hours', { timeout: 120_000 }, () => visit(env, (page) => longSession(page, env.playhead)))
  })
}

const param = (page, name) => new URL(page.url()).searchParams.get(name)
const playing = (page, is) => page.locator(`[data-testid=player][data-playing=${is}]`).waitFor()

/** A session of 30 seconds with a trace of two calls. */
async function twoCalls(playhead) {
  const [session, window, trace, at] = [randomUUID(), randomUUID(), randomUUID(), Date.now() - 600_000]
  await capture(playhead, [counting(session, window, at)], '/s/')
  await capture(playhead, [
    generation(at + 10_000, { session, window, trace, input: 'The first question?', output: 'The first answer.', latency: 2 }),
    generation(at + 24_000, { session, window, trace, input: 'The second question?', output: 'The second answer.', latency: 4 }),
  ])
  return { session, window, trace, at }
}

/** An open page shows what is uploaded late, and what is derived from it a moment later. */
async function lateParts(page, playhead) {
  const [session, window, at] = [randomUUID(), randomUUID(), Date.now() - 3_600_000]
  const go = (ms, path) => ({ type: 4, data: { href: `http://app.test/${path}`, width: 1000, height: 700 }, timestamp: ms })
  const body = element('body', {}, element('p', {}, 'A page'))
  await capture(playhead, [snapshot(session, window, firstPicture(at, [element('title', {}, 'Your basket')], body))], '/s/')
  await capture(playhead, [{
    uuid: randomUUID(), event: '$pageview', distinct_id: 'visitor', timestamp: new Date(at).toISOString(),
    properties: { $session_id: session, $window_id: window, $current_url: 'http://app.test/', $browser: 'Firefox', $os: 'Linux', $lib: 'web', $lib_version: '1.0' },
  }])
  await page.goto(`${playhead.url}/sessions/${session}`)
  await picture(page)
  await page.locator('[data-testid=inspector-row][data-kind=navigation]').waitFor()
  await capture(playhead, [snapshot(session, window, [go(at + 5000, 'orders'), mouse(at + 6000, 5, 5)])], '/s/')
  await page.getByTestId('inspector-row').filter({ hasText: '/orders' }).waitFor()

  await page.getByTestId('inspect-page').click()
  const fact = (name) => page.locator(`[data-testid=fact][data-name="${name}"]`)
  for (const [name, text] of [['Title', 'Your basket'], ['Browser', 'Firefox'], ['System', 'Linux'], ['Library', 'web/1.0']]) {
    await eventually(`the ${name} is known`, async () => (await fact(name).innerText()).trim() === text)
  }
  await page.getByTestId('inspector-search').fill('firefox')
  await eventually('the facts are searched', async () => await page.getByTestId('fact').count() === 1 && await fact('Browser').isVisible())
  assert.match(await page.getByTestId('inspect-all').innerText(), /All 0/)
}

async function moving(page, playhead) {
  const { window, trace, at } = await twoCalls(playhead)
  await page.goto(`${playhead.url}/traces/${trace}?replay=1&t=${at + 5500}&window=${window}`)
  await picture(page)
  assert.equal(await screen(page), 'second 5')
  assert.equal(await page.getByTestId('player').getAttribute('data-playing'), 'false', 'an address shows its moment and waits')

  const spans = page.getByTestId('tree-node')
  await spans.nth(await spans.count() - 1).click()
  await eventually('a span moves it to its start', async () => await playerTime(page) === at + 20_000)
  await eventually('and the screen', async () => await screen(page) === 'second 20')
  await eventually('and the address', async () => param(page, 't') === String(at + 20_000))
  await page.getByText('The second answer.').first().waitFor()

  await page.getByTestId('message').filter({ hasText: 'The second answer.' }).getByTestId('message-seek').click()
  await eventually('an answer moves it to when it was there', async () => await playerTime(page) === at + 24_000)

  const lane = await page.getByTestId('lane-activity').boundingBox()
  const x = (share) => lane.x + lane.width * share
  await page.mouse.click(x(0.5), lane.y + lane.height / 2)
  await eventually('the timeline moves it', async () => Math.abs(await playerTime(page) - (at + 15_000)) < 1000)
  await eventually('and the screen', async () => /second 1[45]/.test(await screen(page)))

  await page.mouse.move(x(0.25), lane.y + 4)
  await page.mouse.down()
  await page.mouse.move(x(0.4), lane.y + 4, { steps: 4 })
  await page.mouse.move(x(0.5), lane.y + 4)
  await page.mouse.up()
  const timeline = page.getByTestId('timeline')
  assert.equal(await timeline.getAttribute('data-zoomed'), 'true', 'dragging zooms')
  assert.ok(Math.abs(await playerTime(page) - (at + 15_000)) < 1000, 'and does not move it')
  await page.mouse.click(x(0.5), lane.y + lane.height / 2)
  await eventually('a click in a zoomed timeline is exact', async () => Math.abs(await playerTime(page) - (at + 11_250)) < 500)
  await page.getByTestId('zoom-all').click()
  assert.equal(await timeline.getAttribute('data-zoomed'), 'false')

  // The space bar plays, whatever was clicked before.
  const skip = page.getByTestId('skip')
  await skip.click()
  assert.equal(await skip.getAttribute('aria-pressed'), 'false')
  await page.keyboard.press(' ')
  await playing(page, true)
  const from = await playerTime(page)
  await eventually('it goes on', async () => await playerTime(page) > from + 500)
  await page.keyboard.press(' ')
  await playing(page, false)
  assert.equal(await skip.getAttribute('aria-pressed'), 'false', 'the button that had the focus was not pressed')
  const stopped = await playerTime(page)
  await eventually('the address holds where it stopped', async () => param(page, 't') === String(stopped))
  const search = page.getByTestId('inspector-search')
  await search.fill('first')
  await search.press(' ')
  assert.equal(await search.inputValue(), 'first ', 'who types, types a space')
  assert.equal(await page.getByTestId('player').getAttribute('data-playing'), 'false')
  await eventually('the search finds', async () => (await page.getByTestId('inspector-row').allInnerTexts()).every((text) => /first/.test(text)))
  await page.getByTestId('inspector-row').filter({ hasText: 'The first question?' }).click()
  await eventually('a row moves it', async () => await playerTime(page) === at + 8000)

  await page.keyboard.press('n')
  await eventually('n goes to the next AI call', async () => await playerTime(page) === at + 20_000)
  await page.keyboard.press('N')
  await eventually('N goes to the one before', async () => await playerTime(page) === at + 8000)
  assert.ok(await page.evaluate(() => history.length) < 20, 'the address was replaced, not added to the history')
}

async function resizing(page, playhead) {
  const { window, trace, at } = await twoCalls(playhead)
  const address = `${playhead.url}/traces/${trace}?replay=1&t=${at + 5500}&window=${window}`
  await page.goto(address)
  await picture(page)
  const width = (id) => page.locator(`[data-pane=${id}]`).evaluate((e) => e.getBoundingClientRect().width)
  const before = await width('spans')
  const splitter = page.getByRole('separator', { name: 'Width of Spans' })
  await splitter.focus()
  const time = await playerTime(page)
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowRight')
  await eventually('it is wider', async () => Math.abs(await width('spans') - before - 48) < 2)
  assert.equal(await playerTime(page), time, 'the keys of the line do not move the playhead')
  await page.goto(address)
  await picture(page)
  assert.ok(Math.abs(await width('spans') - before - 48) < 2, 'it is remembered')
  const box = await splitter.boundingBox()
  await page.mouse.move(box.x, box.y + 100)
  await page.mouse.down()
  await page.mouse.move(box.x - 30, box.y + 100, { steps: 3 })
  await page.mouse.up()
  assert.ok(Math.abs(await width('spans') - before - 18) < 2, 'the mouse moves it, too')
  await splitter.focus()
  await page.keyboard.press('Enter')
  assert.ok(Math.abs(await width('spans') - before) < 2, 'Enter takes it back')
}

/** A tab that shows its name and the second, with clicks at some seconds. */
function tab(session, window, at, name, from, to, clicks) {
  const count = element('p', {}, `${name} ${from}`)
  const events = firstPicture(at + from * 1000, [], element('body', {}, count))
  for (let n = from + 1; n <= to; n++) {
    events.push(mutation(at + n * 1000, { texts: [{ id: count.childNodes[0].id, value: `${name} ${n}` }] }))
    if (clicks.includes(n)) events.push({ type: 3, data: { source: 2, type: 2, id: count.id, x: 5, y: 5 }, timestamp: at + n * 1000 + 1 })
  }
  const clicked = clicks.map((n) => ({ uuid: randomUUID(), event: '$autocapture', distinct_id: 'visitor', timestamp: new Date(at + n * 1000).toISOString(), properties: { $session_id: session, $window_id: window, $event_type: 'click' } }))
  return { recording: snapshot(session, window, events), clicked }
}

async function tabs(page, playhead) {
  const [session, a, b, at] = [randomUUID(), `a-${randomUUID()}`, `b-${randomUUID()}`, Date.now() - 600_000]
  const both = [tab(session, a, at, 'first', 0, 50, [2, 4, 6, 30, 32]), tab(session, b, at, 'second', 10, 60, [14, 16, 18])]
  await capture(playhead, both.map((one) => one.recording), '/s/')
  await capture(playhead, both.flatMap((one) => one.clicked))
  await page.goto(`${playhead.url}/sessions/${session}?t=${at + 5000}&window=${a}`)
  await picture(page)
  assert.equal(await screen(page), 'first 5')
  await page.getByTestId('speed').selectOption('2')
  await play(page)
  const shown = () => page.getByTestId('player').getAttribute('data-window')
  await eventually('it goes to the tab in which the person acts', async () => await shown() === b)
  await eventually('and says so', async () => /tab 2/.test(await page.getByTestId('notice').innerText()))
  await eventually('its screen is there', async () => /^second/.test(await screen(page)))
  await eventually('and back, past what is idle', async () => await shown() === a)
  await eventually('its screen is there', async () => /^first (29|3)/.test(await screen(page)))

  await page.getByTestId('window-switch').selectOption({ label: 'Tab 2' })
  await eventually('the tab that was chosen', async () => await shown() === b)
  await eventually('it plays on', async () => await playerTime(page) > at + 40_000)
  assert.equal(await shown(), b, 'it stays')
}

/** The end of an answer is often the very last event of a recording. */
async function lastInstant(page, playhead) {
  const [session, window, at] = [randomUUID(), randomUUID(), Date.now() - 600_000]
  const answer = element('p', {}, '…')
  const say = (ms, value) => mutation(at + ms, { texts: [{ id: answer.childNodes[0].id, value }] })
  await capture(playhead, [snapshot(session, window, [...firstPicture(at, [], element('body', {}, answer)), mouse(at + 500, 5, 5), say(1000, 'The answer'), mouse(at + 2999, 9, 9), say(3000, 'The answer is complete.')])], '/s/')
  await page.goto(`${playhead.url}/sessions/${session}?t=${at + 1500}&window=${window}`)
  await picture(page)
  assert.equal(await screen(page), 'The answer')
  await play(page)
  await playing(page, false)
  assert.equal(await playerTime(page), at + 3000)
  await eventually('the answer is complete', async () => await screen(page) === 'The answer is complete.')
}

async function colours(page, playhead) {
  const [session, window, at] = [randomUUID(), randomUUID(), Date.now() - 600_000]
  const css = ':root { color-scheme: light dark } p { color: rgb(9, 9, 9) } @media (prefers-color-scheme: dark) { p { color: rgb(1, 2, 3) } } h1 { color: light-dark(rgb(8, 8, 8), rgb(4, 5, 6)) }'
  await capture(playhead, [snapshot(session, window, [...firstPicture(at, [element('style', { _cssText: css })], element('body', {}, element('h1', {}, 'Hello'), element('p', {}, 'world'))), mouse(at + 3000, 5, 5)])], '/s/')
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.goto(`${playhead.url}/sessions/${session}`)
  await picture(page)
  const seen = await page.evaluate(() => {
    const { body, defaultView } = document.querySelector('[data-testid=player-screen]').contentDocument.querySelector('iframe').contentDocument
    return ['p', 'h1'].map((tag) => defaultView.getComputedStyle(body.querySelector(tag)).color)
  })
  assert.deepEqual(seen, ['rgb(9, 9, 9)', 'rgb(8, 8, 8)'], 'the reader’s dark scheme is not the page’s')
}

async function focused(page, playhead) {
  const [session, window, at] = [randomUUID(), randomUUID(), Date.now() - 600_000]
  const css = 'input:focus { color: rgb(1, 2, 3) } form:focus-within { color: rgb(4, 5, 6) } button:focus-visible { color: rgb(7, 8, 9) }'
  const [input, button, words] = [element('input', { type: 'text' }), element('button', {}, 'Send'), element('p', {}, 'some words')]
  const interaction = (after, type, { id }) => ({ type: 3, data: { source: 2, type, id, x: 40, y: 30 }, timestamp: at + after })
  const [down, focus, blur] = [1, 5, 6]
  await capture(playhead, [snapshot(session, window, [
    ...firstPicture(at, [element('style', { _cssText: css })], element('body', {}, element('form', {}, input, button), words)),
    mouse(at + 900, 40, 30), interaction(1000, down, input), interaction(1001, focus, input),
    { type: 3, data: { source: 14, ranges: [{ start: words.childNodes[0].id, startOffset: 5, end: words.childNodes[0].id, endOffset: 10 }] }, timestamp: at + 1500 },
    interaction(2000, blur, input), interaction(2001, focus, button), // by a key
    interaction(3000, blur, button), interaction(3001, down, button), interaction(3002, focus, button), // by a press
    interaction(4000, blur, button), mouse(at + 5000, 5, 5),
  ])], '/s/')
  const seen = () => page.evaluate(() => {
    const inner = document.querySelector('[data-testid=player-screen]').contentDocument
    const { body, defaultView, activeElement } = inner.querySelector('iframe').contentDocument
    const style = (tag) => defaultView.getComputedStyle(body.querySelector(tag))
    return {
      input: style('input').color === 'rgb(1, 2, 3)', form: style('form').color === 'rgb(4, 5, 6)', button: style('button').color === 'rgb(7, 8, 9)',
      outlines: ['input', 'button'].filter((tag) => style(tag).outlineStyle !== 'none').join(), selected: String(defaultView.getSelection()),
      pointer: inner.querySelector('.replayer-mouse').style.left, focus: activeElement === body,
    }
  })
  const none = { input: false, form: false, button: false, outlines: '', selected: '', pointer: '', focus: true }
  const typing = { ...none, input: true, form: true, outlines: 'input', pointer: '40px' }
  const states = [[500, none], [1200, typing], [1600, { ...typing, selected: 'words' }], [2500, { ...none, form: true, button: true, outlines: 'button', selected: 'words', pointer: '40px' }],
    [3500, { ...none, form: true, selected: 'words', pointer: '40px' }], [4500, { ...none, selected: 'words', pointer: '40px' }], [1600, { ...typing, selected: 'words' }]]
  for (const [after, want] of states) {
    await page.goto(`${playhead.url}/sessions/${session}?t=${at + after}&window=${window}`)
    await picture(page)
    await eventually(`after ${after} ms`, async () => JSON.stringify(await seen()) === JSON.stringify(want)).catch(async () => assert.deepEqual(await seen(), want, `after ${after} ms`))
  }
  await page.goto(`${playhead.url}/sessions/${session}?t=${at}&window=${window}`)
  await picture(page)
  await page.getByTestId('player-time').first().waitFor()
  await page.keyboard.press('Space') // while it plays, and the recorded focus moves, keys still reach the player
  await playing(page, true)
  await eventually('the focus is shown while it plays', async () => (await seen()).input)
  await page.keyboard.press('Space')
  await playing(page, false)
  assert.equal(await page.evaluate(() => document.activeElement?.tagName === 'IFRAME'), false)
}

async function longSession(page, playhead) {
  const hours = 8
  const [session, window, at] = [randomUUID(), randomUUID(), Date.now() - (hours + 1) * 3_600_000]
  const all = hours * 3_600_000
  const calls = Array.from({ length: 500 }, (_, i) => generation(at + 30_000 + (i * (all - 60_000)) / 500, { session, window, input: `Question ${i}?`, output: `Answer ${i}.`, latency: 3 }))
  const words = element('p', {}, 'A long day')
  await capture(playhead, [snapshot(session, window, [...firstPicture(at, [], element('body', {}, words)), mouse(at + all, 5, 5)])], '/s/')
  await capture(playhead, calls)
  await page.goto(`${playhead.url}/sessions/${session}`)
  await picture(page)
  const marks = page.getByTestId('ai-mark')
  await page.getByTestId('calls-merged').waitFor() // shows their number where they would overlap
  assert.ok(await page.evaluate(() => document.querySelectorAll('[data-testid=timeline] *').length) < 500)

  const map = await page.getByTestId('minimap').boundingBox()
  await page.mouse.move(map.x + map.width * 0.5, map.y + 5)
  await page.mouse.down()
  await page.mouse.move(map.x + map.width * 0.53, map.y + 5, { steps: 4 })
  await page.mouse.up()
  await eventually('calls are apart in a part of it', async () => await marks.count() > 5 && await marks.count() < 40)
  const mark = marks.nth(2)
  const start = Number(await mark.getAttribute('data-start-ms'))
  await mark.click()
  await eventually('a call moves it', async () => await playerTime(page) === start)
  const id = await mark.getAttribute('data-id')
  const card = page.locator(`[data-testid=mark-card][data-generation="${id}"]`)
  await card.waitFor()
  await eventually('its card is in view', () => card.evaluate((e) => {
    const [box, view] = [e.getBoundingClientRect(), e.closest('[role=list]').getBoundingClientRect()]
    return box.top >= view.top - 1 && box.bottom <= view.bottom + 1
  }))
  await eventually('its answer is shown', async () => (await page.getByTestId('message').allInnerTexts()).some((text) => /Answer \d+\./.test(text)))
}
