// Content that is large, deep or deliberately slow to show: its page stays small and responsive, and the content can be read to its end. How long a
// task of the page's main thread takes is measured in bench/ui, because it depends on the machine; these tests do not depend on it.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, it } from 'node:test'
import { answers, contents, end, heavyAnswer, heavyContent, heavyInput, heavySession, heavyTrace, longest, messages, send } from '../lib/heavy.js'
import { capture } from '../lib/playhead.js'
import { generation } from '../lib/recording.js'
import { eventually, visit } from '../lib/ui.js'

/** Whatever is sent, a page has no more elements than this. */
const mostElements = 5000

export function heavy(env) {
  describe('heavy content leaves the page alive', { concurrency: 2 }, () => {
    it('answers of every shape', { timeout: 240_000 }, () => visit(env, async (page) => {
      for (const name of Object.keys(answers)) await opens(page, env.playhead, heavyAnswer(name), answers[name].endsWith(end) ? end : null)
    }))
    it('what is nested too deeply is shown as plain text, and says so', { timeout: 60_000 }, () => visit(env, (page) => deep(page, env.playhead)))
    it('long messages, many of them, and many parts', { timeout: 240_000 }, () => visit(env, async (page) => {
      for (const [name, { last }] of Object.entries(contents)) await opens(page, env.playhead, heavyContent(name), last)
    }))
    it('a trace of 3,000 spans', { timeout: 60_000 }, () => visit(env, async (page) => {
      await opens(page, env.playhead, heavyTrace(3000), 'step 1092') // the last child of the last child, and so on
      assert.equal(await page.getByRole('tree').evaluate((tree) => tree.scrollHeight / 28), 3000, 'rows of the tree')
    }))
    it('a session of 20,000 activities', { timeout: 60_000 }, () => visit(env, (page) => opens(page, env.playhead, heavySession(20_000, 0), '10,000 later events not shown')))
    it('earlier messages come as one scrolls, each once and in order', { timeout: 120_000 }, () => visit(env, (page) => readsOn(page, env.playhead)))
    it('a text that comes in pieces is one text', { timeout: 120_000 }, () => visit(env, (page) => joined(page, env.playhead)))
    it('what was sent is there to its last letter', { timeout: 120_000 }, () => visit(env, (page) => asSent(page, env.playhead)))
    it('keys and addresses find a call among thousands', { timeout: 90_000 }, () => visit(env, (page) => among(page, env.playhead)))
    it('a part that cannot be shown is there as it was received, and so is all beside it', { timeout: 60_000 }, () => visit(env, (page) => broken(page, env.playhead)))
  })
}

/** Opens a page, unfolds what is folded, scrolls to the end, and checks the size of the document on the way. */
async function opens(page, playhead, one, last) {
  const { name, path, ready, scroller } = one
  await send(playhead, one)
  await page.goto(playhead.url + path)
  await page.waitForSelector(ready)
  const small = async () => {
    const n = await page.evaluate(() => document.querySelectorAll('*').length)
    assert.ok(n < mostElements, `${name}: ${n} elements`)
  }
  await small()
  for (const button of await page.locator('[data-testid=history], [data-testid=message] button[aria-expanded=false]').all()) await button.click()
  // Parts without a layout have estimated heights, so the end of the page moves until it is reached.
  await eventually(`${name}: the end`, async () => {
    await small()
    const text = await page.evaluate((selector) => {
      const view = document.querySelector(selector)
      // Content in its own scrollable box does not move the button, so it must be clicked.
      view.querySelector('[data-testid=more-messages]:enabled')?.click()
      for (const inner of [view, ...view.querySelectorAll('[data-testid=json], .overflow-auto')]) inner.scrollTop = inner.scrollHeight
      return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(view.scrollTop + view.clientHeight >= view.scrollHeight - 2 ? view.innerText : ''))))
    }, scroller)
    return last === null ? text !== '' : text.includes(last)
  }, 120_000) // 40,000 parts arrive in 80 answers
  assert.equal(await page.getByTestId('unshowable').count(), 0, `${name}: something could not be shown`)
}

/** Scrolls to the end until nothing more is loaded and the last text is there. */
async function toEnd(page, selector, last) {
  await eventually('the end of all', () => page.evaluate(([selector, last]) => {
    const view = document.querySelector(selector)
    view.scrollTop = view.scrollHeight
    return !view.querySelector('[data-testid=more-messages]') && view.innerText.includes(last)
  }, [selector, last]), 100_000)
}

async function readsOn(page, playhead) {
  const n = 600
  const one = heavyInput('messages, 600', messages(n))
  await send(playhead, one)
  await page.goto(playhead.url + one.path)
  const history = page.getByTestId('history')
  assert.match(await history.innerText(), /At least \d+ earlier messages/)
  await page.getByTestId('message').filter({ hasText: `Message ${n - 1}:` }).waitFor()
  await history.click()
  // Scroll from the top to the end, as with a wheel, and collect the texts in their order.
  const read = await page.evaluate(async (selector) => {
    const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))
    const view = document.querySelector(selector)
    const read = []
    // Only the visible part counts: parts below it may be mounted in any order.
    const look = () => {
      const b = view.getBoundingClientRect()
      for (const message of view.querySelectorAll('[data-testid=message]')) {
        const a = message.getBoundingClientRect()
        if (a.bottom <= b.top || a.top >= b.bottom) continue
        const [, i] = /Message (\d+):/.exec(message.innerText) ?? []
        if (i && !read.includes(Number(i))) read.push(Number(i))
      }
    }
    const settled = () => !view.querySelector('[data-testid=more-messages]:disabled, [aria-busy=true]') && ![...view.querySelectorAll('[role=presentation]')].some((box) => {
      const [a, b] = [box.getBoundingClientRect(), view.getBoundingClientRect()]
      return box.childElementCount === 0 && a.bottom > b.top && a.top < b.bottom
    })
    for (let still = 0; still < 3; ) {
      while (!settled()) await frame()
      look()
      const before = view.scrollTop
      view.scrollTop += view.clientHeight / 2
      await frame()
      still = view.scrollTop === before ? still + 1 : 0
    }
    return read
  }, one.scroller)
  assert.deepEqual(read, Array.from({ length: n }, (_, i) => i))
  assert.equal(await page.getByTestId('more-messages').count(), 0)
  assert.equal(await history.innerText(), `${n - 1} earlier messages`)
  // None of them occurs twice.
  await eventually('each message once', async () => {
    const shown = await page.evaluate((selector) => [...document.querySelector(selector).innerText.matchAll(/Message (\d+):/g)].map(([, i]) => Number(i)), one.scroller)
    return shown.length > 0 && new Set(shown).size === shown.length
  })
}

async function joined(page, playhead) {
  const one = heavyContent('user text, 10 MB')
  await send(playhead, one)
  await page.goto(playhead.url + one.path)
  await page.getByRole('button', { name: 'Show all' }).click()
  await toEnd(page, one.scroller, end)
  assert.match(await page.getByTestId('long-text').innerText(), new RegExp(`${longest.length.toLocaleString('en-US')} characters`))
  assert.equal(await page.getByTestId('message').count(), 1)
  assert.ok(await page.evaluate(() => document.querySelectorAll('*').length) < mostElements)
}

async function asSent(page, playhead) {
  const input = messages(1000)
  const one = heavyInput('sent, 200 kB', input)
  await send(playhead, one)
  await page.goto(playhead.url + one.path)
  await page.getByTestId('raw-toggle').click()
  await page.getByRole('button', { name: /^Show it/ }).click()
  await page.getByTestId('sent').waitFor()
  await toEnd(page, '[data-testid=sent]', 'Message 999:')
  assert.match(await page.getByTestId('sent').innerText(), new RegExp(`^${JSON.stringify(input).length.toLocaleString('en-US')} characters`))
}

async function deep(page, playhead) {
  const one = heavyAnswer('quotes, 3,000 deep')
  await send(playhead, one)
  await page.goto(playhead.url + one.path)
  await page.getByText('This text is too deeply nested to format. Shown as plain text.').waitFor()
  assert.match(await page.locator('[data-testid=message][data-role=assistant]').innerText(), />{500}/)
}

async function among(page, playhead) {
  const one = heavySession(3000, 1500)
  const { path, calls } = one
  await send(playhead, one)
  const chosen = calls[1200].uuid
  const card = page.locator(`[data-testid=mark-card][data-generation="${chosen}"]`)
  await page.goto(`${playhead.url}${path}?generation=${chosen}`)
  await card.waitFor()
  const seen = (one) => eventually('the call is in view', () => one.evaluate((el) => {
    const [box, view] = [el.getBoundingClientRect(), el.closest('[role=list]').getBoundingClientRect()]
    return box.top >= view.top - 1 && box.top < view.bottom
  }))
  await seen(card)
  assert.match(await card.innerText(), /Question 1200/)
  await page.keyboard.press('j')
  await seen(page.locator(`[data-testid=mark-card][data-generation="${calls[1201].uuid}"]`))
}

async function broken(page, playhead) {
  const trace = `broken-${randomUUID()}`
  await capture(playhead, [generation(Date.now(), { trace, input: 'Break it.', output: 'The answer after it.' })])
  // No server sends this. It stands for an answer of a later version that this page does not expect.
  await page.route('**/api/traces/*', async (route) => {
    const answer = await route.fetch()
    const body = await answer.json()
    body.nodes[0].content.input[0].parts.push({ type: 'tool_call', id: 'x', name: 5, arguments: { kept: 'as received' } }, { type: 'text', text: 'The part after it.' })
    body.nodes[0].content.input.push({ role: 7, parts: [{ type: 'text', text: 'A message without a role.' }] })
    await route.fulfill({ response: answer, json: body })
  })
  await page.goto(`${playhead.url}/traces/${trace}`)
  await page.getByText('Could not show this part as intended. Below is what was received.').waitFor()
  await page.getByText('"kept": "as received"').waitFor()
  await page.getByText('The part after it.').waitFor()
  await page.getByText('Could not show this message as intended. Below is what was received.').waitFor()
  await page.getByText('A message without a role.').waitFor()
  await page.getByText('The answer after it.').waitFor()
}
