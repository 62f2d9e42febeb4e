// axe finds no violation on any page in any state, in light and in dark.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { AxeBuilder } from '@axe-core/playwright'
import { details, open, sections, shown } from '../lib/places.js'
import { visit } from '../lib/ui.js'

/** `own` returns the server of these pages and what was sent to it. */
export function accessible(env, own) {
  const looking = (what, use) => it(what, { timeout: 600_000 }, () => visit({ ...env, playhead: own().playhead }, async (page) => {
    // Without animations, no element is checked while it fades in.
    await page.emulateMedia({ reducedMotion: 'reduce' })
    const axe = checks(page)
    await use(axe, page, own())
    assert.deepEqual(axe.found, [], 'violations')
  }))
  looking('axe finds nothing on pages with content', full)
  looking('axe finds nothing on empty pages', empty)
  looking('axe finds nothing on pages that load, fail or find nothing', broken)
  looking('axe finds nothing in menus, dialogs and explanations', menus)
}

/** Collects what axe reports. All of it is reported at once, because one cause often affects many pages. */
function checks(page) {
  const found = []
  // A recorded page belongs to somebody else, and is inert, like a picture.
  const builder = () => new AxeBuilder({ page }).setLegacyMode(true).exclude('[data-testid=player-screen]').options({ resultTypes: ['violations'] })
  const note = (what, { violations }) => {
    for (const { id, nodes } of violations) for (const { target, failureSummary } of nodes.slice(0, 4)) found.push(`${what}: ${id} at ${target.join(' ')}: ${failureSummary.split('\n').slice(1).join(';').trim()}`)
  }
  return {
    found,
    /** Checks the page, or a part of it. Light and dark differ only in colours, so in dark only the contrast is checked. */
    async look(what, { part, dark = true } = {}) {
      const within = (one) => (part ? one.include(part) : one)
      await page.emulateMedia({ colorScheme: 'light' })
      note(what, await within(builder()).analyze())
      if (!dark) return
      await page.emulateMedia({ colorScheme: 'dark' })
      note(`${what}, dark`, await within(new AxeBuilder({ page }).setLegacyMode(true).exclude('[data-testid=player-screen]').withRules('color-contrast')).analyze())
    },
  }
}

async function full(axe, page, { playhead, sent }) {
  for (const path of [...await sections(page, playhead), '/providers', ...details(sent)]) {
    await open(page, playhead, path)
    await axe.look(path)
  }
  // The parts that a person unfolds on the pages of a trace, a session and a conversation.
  await open(page, playhead, `/traces/${sent.trace}?node=${sent.generation}`)
  for (const summary of await page.locator('[data-testid=call-setup] summary').all()) await summary.click()
  await axe.look('a generation with its setup')
  await page.getByTestId('raw-toggle').click()
  await page.getByTestId('raw').waitFor()
  await axe.look('a generation as it was sent')
  await open(page, playhead, `/sessions/${sent.session}?generation=${sent.generation}`)
  await page.getByTestId('message').first().waitFor()
  await axe.look('a session with an open call')
  // On a narrow page, panes are tabs and the facets are shown over the list.
  await page.setViewportSize({ width: 1024, height: 700 })
  await open(page, playhead, `/traces/${sent.trace}`)
  await axe.look('a trace in a narrow window')
  await open(page, playhead, '/traces?panel=open')
  await axe.look('a list with its values in a narrow window')
}

async function empty(axe, page, { playhead, emptyProject }) {
  for (const path of await sections(page, playhead)) {
    await open(page, playhead, `${path}?project=${emptyProject}`)
    await axe.look(`${path}, empty`, { dark: /traces|people|overview/.test(path) }) // one of each kind of empty page
  }
  await page.goto(`${playhead.url}/nowhere`)
  await page.getByTestId('problem').waitFor()
  await axe.look('an address without a page')
}

async function broken(axe, page, { playhead, sent }) {
  // One of each kind: all lists load and fail in one component, and so do all breakdowns.
  const paths = ['/traces', '/overview', '/tools', '/impact', '/linked', ...details(sent).filter((path) => !path.includes('?'))]
  await open(page, playhead, '/traces?q=nobodyeverwrotethis')
  await axe.look('a list in which nothing matches')
  await open(page, playhead, '/traces?q=cliks:>2')
  await page.getByTestId('syntax').waitFor()
  await axe.look('a list whose search cannot be read')

  const waiting = []
  await page.route('**/api/**', (route) => void waiting.push(route))
  for (const path of paths) {
    await page.goto(playhead.url + path)
    await page.locator('main h1').first().waitFor({ state: 'attached' })
    await axe.look(`${path}, loading`, { dark: false })
  }
  await page.unroute('**/api/**')
  await page.route('**/api/**', (route) => route.fulfill({ status: 500, json: { title: 'Internal Server Error', detail: 'The storage is gone.' } }))
  for (const path of paths) {
    await page.goto(playhead.url + path)
    await shown(page)
    await axe.look(`${path}, failed`, { dark: path === '/traces' })
  }
  await page.route('**/readyz', (route) => route.fulfill({ status: 503, json: { status: 'unavailable', checks: { store: 'no answer' } } }))
  await page.goto(`${playhead.url}/traces`)
  await page.getByTestId('outage').waitFor()
  await axe.look('an outage')
}

async function menus(axe, page, { playhead }) {
  for (const path of await sections(page, playhead)) {
    await open(page, playhead, path)
    for (const button of await page.locator('main [aria-haspopup=dialog]:visible').all()) {
      await button.click()
      const name = await button.getAttribute('data-testid')
      await page.locator(':popover-open').waitFor()
      await axe.look(`${path}, the menu ${name}`, { part: ':popover-open', dark: path === '/traces' })
      await page.keyboard.press('Escape')
    }
  }
  await open(page, playhead, '/generations')
  await page.getByTestId('cost').first().hover()
  await page.getByTestId('tip').waitFor()
  await axe.look('the explanation of a cost')
  await page.keyboard.press('/')
  await page.getByTestId('completion').waitFor()
  await axe.look('the completion of the search')
  await page.getByTestId('filter-period').selectOption('range')
  await axe.look('a period from and to')
  await open(page, playhead, '/overview')
  await page.getByTestId('by').click()
  await page.getByTestId('by-choice').first().waitFor()
  await axe.look('the completion of the breakdown')
  await page.keyboard.press('Escape')
  await page.locator('main').focus()
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keyboard' }).waitFor()
  await axe.look('the list of keys', { part: 'dialog' })
}
