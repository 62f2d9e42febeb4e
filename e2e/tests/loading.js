// Placeholders have the shape of the content that is loading, so that nothing jumps.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { sections, shown } from '../lib/places.js'
import { visit } from '../lib/ui.js'

/** `own` returns the server of these pages. */
export function loading(env, own) {
  it('what loads has the shape of what comes', { timeout: 600_000 }, () => visit({ ...env, playhead: own().playhead }, async (page) => {
    const { playhead } = own()
    // Reports vary in their sentences and tables, so their shape is not known in advance.
    const lists = (await sections(page, playhead)).filter((path) => !/^\/(setup|status|impact|linked)$/.test(path))
    for (const path of lists) {
      let goOn
      const held = new Promise((resolve) => { goOn = resolve })
      const about = (url) => url.pathname === `/api${path}`
      await page.route(about, async (route) => {
        await held
        await route.continue()
      })
      await page.goto(playhead.url + path)
      await page.locator('[data-skeleton], [data-testid=figure]').first().waitFor()
      const before = await page.evaluate(places)
      assert.ok(before.length >= 5, `${path}: ${before.length} placeholders`)
      goOn()
      await page.locator('[data-column], [data-testid=figure-value]').first().waitFor()
      await shown(page)
      assert.deepEqual(await page.evaluate(places), before, path)
      await page.unroute(about)
    }
  }))
}

/** In the page: where columns begin and how wide they are, where rows begin and how high they are, and where figures are; in px. */
function places() {
  const round = ({ left, top, width, height }) => [left, top, width, height].map(Math.round)
  const columns = [...document.querySelectorAll('[data-skeleton], [data-column]')].map((head) => {
    const [left, , width] = round(head.getBoundingClientRect())
    return [head.dataset.skeleton ?? head.dataset.column, left, width]
  })
  const row = document.querySelector('[data-skeleton-row], main [role=row][data-id]')
  const figures = [...document.querySelectorAll('[data-testid=figure]')].map((figure) => [figure.dataset.id, ...round(figure.getBoundingClientRect())])
  return [...columns, ...(row ? [['a row', row.getBoundingClientRect().top, row.getBoundingClientRect().height]] : []), ...figures]
}
