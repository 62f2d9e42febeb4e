// The search of a list: the query is in the address, and the list shows exactly the matching rows.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, it } from 'node:test'
import { capture } from '../lib/playhead.js'
import { generation } from '../lib/recording.js'
import { eventually, visit } from '../lib/ui.js'

const hour = 3_600_000

export function asking(env) {
  describe('the search of a list', { concurrency: 1 }, () => {
    /** A word that only the generations of this test have: twelve, one an hour, of three models. The four of the last model failed. */
    const word = `q${randomUUID().replaceAll('-', '')}`
    const newest = Date.now() - hour
    it('has something to find', async () => {
      const models = ['blue 1', 'green-2', 'red-3']
      await capture(env.playhead, Array.from({ length: 12 }, (_, i) => generation(newest - i * hour, {
        input: `${word} number ${i}.`, output: i % 2 ? 'An odd answer' : 'An even answer', latency: 1 + i,
        more: { $ai_model: models[i % 3], ...(i % 3 === 2 && { $ai_is_error: true, $ai_error: 'too late' }) },
      })))
    })
    const scenario = (what, use) => it(what, { timeout: 120_000 }, () => visit(env, (page) => use(on(page, env.playhead), page)))

    scenario('finds words and fields, as they are typed, and goes back', async (list, page) => {
      await list.open('/generations')
      await page.keyboard.press('/')
      await page.keyboard.type(`${word} odd`)
      await list.has(6, 'with both words')
      assert.equal(list.parameter('q'), `${word} odd`)
      await page.keyboard.type(' latency:>=8s')
      await list.has(3, 'with both words, of 8 s and more')
      await page.reload()
      await list.has(3, 'the address says the same')
      assert.equal(await page.getByTestId('filter-q').inputValue(), `${word} odd latency:>=8s`)
      await page.goBack()
      await eventually('back to before the search', () => list.parameter('q') === null)
    })

    // A search of so few events ends at once, so the server's answer is replaced by the answers of a long search.
    scenario('goes on by itself where there is much to look at, says how far it is, and can be stopped', async (list, page) => {
      let asked = 0
      let whole
      let stopped = false
      await page.route(/\/api\/generations\?/, async (route) => {
        const cursor = new URL(route.request().url()).searchParams.get('cursor')
        if (cursor === null) whole = await (await route.fetch()).json()
        asked++
        const partly = (items, n) => ({ items, next: `part-${n}`, searched_to_ms: newest - n * hour, searched_share: n / 10 })
        if (cursor === null) return route.fulfill({ json: partly([], 1) })
        const n = Number(cursor.slice('part-'.length))
        if (n === 1) return route.fulfill({ json: partly(whole.items.slice(0, 4), 4) })
        while (!stopped && n === 4) await new Promise((resolve) => setTimeout(resolve, 20))
        if (n === 4) return route.fulfill({ json: partly([], 7) })
        return route.fulfill({ json: { items: whole.items.slice(4), next: null } })
      })
      await list.open('/generations', word)
      await eventually('the newest are there while the search goes on', async () => await page.locator('[data-testid$=-row]').count() === 4)
      const said = page.getByTestId('searched')
      assert.match((await said.innerText()).replaceAll(/\s+/g, ' '), /Searched back to .*, 40 % of all text\. Stop/)
      await said.getByRole('button', { name: 'Stop' }).click()
      stopped = true
      await said.getByText('70 %').waitFor()
      await said.getByRole('button', { name: 'Search further back' }).click()
      await list.has(12, 'all')
      await page.getByText('That is all that matches.').waitFor()
      assert.equal(asked, 4)
    })

    scenario('completes fields and values by keyboard', async (list, page) => {
      await list.open('/generations', word)
      await list.has(12, 'all')
      await page.keyboard.press('/')
      await page.keyboard.press('End')
      await page.keyboard.type(' -mod')
      await page.locator('[data-testid=suggestion][data-text="model:"]').waitFor()
      await page.keyboard.press('Tab')
      assert.equal(await page.getByTestId('filter-q').inputValue(), `${word} -model:`)
      await page.locator('[data-testid=suggestion]', { hasText: 'blue 1' }).waitFor()
      assert.match(await page.locator('[data-testid=suggestion]', { hasText: 'blue 1' }).innerText(), /\b4$/, 'counted among what the rest finds')
      await page.keyboard.type('bl')
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('Enter')
      assert.equal(await page.getByTestId('filter-q').inputValue(), `${word} -model:"blue 1" `)
      await list.has(8, 'of the other models')
      await page.keyboard.press('Escape')
      await page.keyboard.press('Escape')
      await page.keyboard.press('j')
      assert.equal(await page.locator('[data-testid=generation-row][aria-selected=true]').count(), 1, 'the keys are the list\'s again')
      await list.has(8, 'Escape keeps the search')
      assert.equal(list.parameter('q'), `${word} -model:"blue 1" `)
    })

    scenario('narrows by values, with their counts', async (list, page) => {
      await list.open('/traces', word)
      await list.has(12, 'all')
      const value = (field, name) => page.locator(`[data-testid=facet][data-field=${field}] [data-testid=facet-value][data-value="${name}"]`)
      assert.match(await value('model', 'blue 1').innerText(), /4$/)
      await value('model', 'blue 1').click()
      await list.has(4, 'of one model')
      assert.equal(list.parameter('q'), `${word} model:"blue 1"`)
      await value('model', 'red-3').click()
      await list.has(8, 'of two')
      assert.equal(list.parameter('q'), `${word} model:"blue 1",red-3`)
      await value('error', 'true').click()
      await list.has(4, 'that failed')
      await value('model', 'red-3').click()
      await list.none()
      await page.goBack()
      await list.has(4, 'one step back')
    })

    scenario('sorts on the server and says so', async (list, page) => {
      await list.open('/generations', word)
      const latency = page.locator('[data-testid=sort][data-key=latency]')
      await latency.click()
      await list.first('number 11')
      assert.equal(list.parameter('sort'), '-latency')
      await latency.click()
      await list.first('number 0')
      assert.equal(await page.locator('[role=columnheader][aria-sort=ascending]').innerText(), 'Latency')
    })

    scenario('shows rows over time, and dragging over it chooses a period', async (list, page) => {
      await list.open('/traces', word)
      await list.has(12, 'all')
      const bars = page.getByTestId('bar')
      const counts = await bars.evaluateAll((all) => all.map((bar) => [Number(bar.dataset.count), Number(bar.dataset.failed)]))
      const sum = (i) => counts.reduce((n, one) => n + one[i], 0)
      assert.deepEqual([sum(0), sum(1)], [12, 4])
      const box = await page.getByTestId('histogram-bars').boundingBox()
      const y = box.y + box.height / 2
      await page.mouse.move(box.x + box.width * 0.5, y)
      await page.mouse.down()
      await page.mouse.move(box.x + box.width + 50, y, { steps: 4 })
      const said = await page.getByTestId('histogram-figures').innerText()
      await page.mouse.up()
      const wanted = Number(/^(\d+) traces/.exec(said)?.[1])
      assert.ok(wanted > 0 && wanted < 12, said)
      await list.has(wanted, 'of the chosen period')
      for (const name of ['from', 'to']) assert.match(list.parameter(name), /Z$/)
      await list.first('number 0')
      await page.goBack()
      await list.has(12, 'of any time')
    })

    scenario('says what cannot be read, and where', async (list, page) => {
      await list.open('/sessions')
      await page.keyboard.press('/')
      await page.keyboard.type('refund cliks:>2')
      await page.getByTestId('misread').waitFor()
      assert.match(await page.getByTestId('misread').innerText(), /clicks/)
      assert.equal(await page.getByTestId('misread-place').innerText(), 'cliks:>2')
      await page.getByTestId('syntax').waitFor()
      await page.getByTestId('filter-q').fill('clicks:>2')
      await page.getByTestId('misread').waitFor({ state: 'detached' })
    })
  })
}

/** A list as a reader sees it. The number of rows must also be the histogram's total. */
function on(page, playhead) {
  const rows = page.locator('[data-testid$=-row]')
  return {
    async open(path, q) {
      await page.goto(`${playhead.url}${path}${q ? `?q=${encodeURIComponent(q)}` : ''}`)
      await page.getByTestId('filter-q').waitFor() // keys have no effect before the page's code is loaded
    },
    parameter: (name) => new URL(page.url()).searchParams.get(name),
    has: (n, what) => eventually(`${n} rows ${what}`, async () =>
      await page.getByTestId('histogram').getAttribute('data-total') === String(n) && await rows.count() === n),
    none: () => page.getByTestId('problem').waitFor(),
    first: (text) => eventually(`${text} is first`, async () => (await rows.first().innerText()).includes(`${text}.`)),
  }
}
