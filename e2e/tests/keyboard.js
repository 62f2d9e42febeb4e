// With the keyboard alone a person can reach everything, see where the focus is, and close what was opened.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { details, open, sections } from '../lib/places.js'
import { eventually, visit } from '../lib/ui.js'

/** `own` returns the server of these pages and what was sent to it. */
export function keyboard(env, own) {
  const alone = (what, use) => it(what, { timeout: 600_000 }, () => visit({ ...env, playhead: own().playhead }, async (page) => {
    await page.emulateMedia({ reducedMotion: 'reduce' })
    await use(page, own())
  }))
  alone('with Tab one comes to everything that can be clicked, and sees where one is', reaching)
  alone('a menu takes the focus, and Escape closes it and gives the focus back', menus)
  alone('Escape drops no filter, neither on a list nor on the way back to it', escaping)
  alone('the first Tab leads past the navigation, and the cost of a call explains itself', skipping)
}

/** A part of what was sent, so that lists are short. */
const few = 'env:staging'
const narrowed = (path) => (/^\/(overview|setup|status)$/.test(path) || path.slice(1).includes('/') ? path : `${path}?q=${encodeURIComponent(few)}`)

async function reaching(page, { playhead, sent }) {
  for (const path of [...await sections(page, playhead), ...details(sent)].map(narrowed)) {
    await open(page, playhead, path)
    if (path.includes('replay=1') || path.startsWith('/sessions/')) await page.locator('[data-testid=player][data-status=ready]').waitFor()
    const wanted = await page.evaluate(lookAround)
    assert.ok(wanted > 10, `${path} has ${wanted} things to click`)
    const hidden = []
    for (let presses = 0; ; presses++) {
      assert.ok(presses < 900, `${path}: the focus never comes back to the beginning`)
      await page.keyboard.press('Tab')
      const step = await page.evaluate(stepped)
      if (step === 'round') break
      if (step) hidden.push(step)
    }
    assert.deepEqual(hidden, [], `${path}: the focus cannot be seen`)
    assert.deepEqual(await page.evaluate(missed), [], `${path}: these can be clicked and not reached`)
  }
}

/** In the page: remembers everything that can be clicked. Returns how many elements that are. */
function lookAround() {
  const shown = (element) => {
    const box = element.getBoundingClientRect()
    return box.width > 0 && box.height > 0 && element.checkVisibility({ visibilityProperty: true }) && !element.closest('[inert], [aria-hidden=true]')
  }
  const native = 'a[href], button:enabled, input:enabled, select:enabled, textarea:enabled, summary, [tabindex]:not([tabindex="-1"])'
  const tabbed = [...document.querySelectorAll(native)].filter((element) => element.tabIndex >= 0 && shown(element))
  // Elements that look clickable without being controls. The pointer is inherited, so the outermost element is the one that sets it.
  const pointed = [...document.querySelectorAll('body *')].filter((element) => shown(element) && !element.matches(native) && getComputedStyle(element).cursor === 'pointer' && getComputedStyle(element.parentElement).cursor !== 'pointer')
  window.walk = { tabbed, pointed, seen: new Set(), first: null }
  return tabbed.length + pointed.length
}

/** In the page, after each Tab: notes where the focus is. Returns "round" at the end, or a focused element whose focus cannot be seen. */
function stepped() {
  const { walk } = window
  const element = document.activeElement
  if (!element || element === document.body) return walk.first ? 'round' : null
  if (element === walk.first) return 'round'
  walk.first ??= element
  walk.seen.add(element)
  const style = getComputedStyle(element)
  const box = element.getBoundingClientRect()
  const inView = box.width * box.height > 1 && box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth
  const marked = element.matches(':focus-visible') && style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 1
  return inView && marked ? null : `${element.outerHTML.slice(0, 160)} ${inView ? 'has no mark' : 'is out of view'}`
}

/** In the page: what the focus never reached. */
function missed() {
  const { walk: { tabbed, pointed, seen } } = window
  const within = (element) => [...seen].some((one) => element.contains(one))
  // In these widgets, arrow keys move between the parts.
  const composite = (element) => seen.has(element.closest('[role=tree], [role=listbox], [role=slider]'))
  const out = [...tabbed.filter((element) => !seen.has(element)), ...pointed.filter((element) => !within(element) && !composite(element))]
  return out.filter((element) => element.isConnected).map((element) => element.outerHTML.slice(0, 160))
}

const focused = (page) => page.evaluate(() => document.activeElement?.getAttribute('data-testid'))

async function menus(page, { playhead, sent }) {
  for (const path of [...await sections(page, playhead), `/traces/${sent.trace}`]) {
    await open(page, playhead, narrowed(path))
    const address = page.url()
    for (const button of await page.locator('[aria-haspopup=dialog]:visible').all()) {
      const id = await button.getAttribute('data-testid')
      await button.focus()
      await page.keyboard.press('Enter')
      const panel = page.locator(':popover-open')
      await panel.waitFor()
      await eventually(`${path}: the focus is in ${id}`, () => page.evaluate(() => document.querySelector(':popover-open')?.contains(document.activeElement)))
      const controls = await panel.locator('a[href], button:enabled, input:enabled, select:enabled').count()
      await page.evaluate(() => { window.inPanel = new Set() })
      for (let i = 0; i < controls + 12; i++) { // a date field has several tab stops
        await page.evaluate(() => document.activeElement.closest(':popover-open') && window.inPanel.add(document.activeElement))
        await page.keyboard.press('Tab')
      }
      assert.equal(await page.evaluate(() => window.inPanel.size), controls, `${path}: what is in ${id}`)
      await panel.locator('a[href], button:enabled, input:enabled').first().focus()
      await page.keyboard.press('Escape')
      await panel.waitFor({ state: 'detached' })
      assert.equal(await focused(page), id, `${path}: the focus is back`)
      assert.equal(page.url(), address, `${path}: Escape closed the menu alone`)
    }
  }
  await page.locator('main').focus()
  await page.keyboard.press('?')
  const help = page.getByRole('dialog', { name: 'Keyboard' })
  await help.waitFor()
  await page.keyboard.press('Escape')
  await help.waitFor({ state: 'detached' })
}

async function escaping(page, { playhead }) {
  const parameters = () => new URL(page.url()).searchParams
  for (const [list, row] of [['traces', 'trace'], ['sessions', 'session'], ['conversations', 'conversation']]) {
    await page.goto(`${playhead.url}/${list}?q=${encodeURIComponent(few)}&since=7d`)
    await page.getByTestId(`${row}-row`).first().waitFor()
    for (const key of ['Escape', '/', 'Escape', 'Escape', 'Escape']) await page.keyboard.press(key)
    assert.deepEqual([parameters().get('q'), parameters().get('since')], [few, '7d'], `${list}: Escape on the list`)
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.waitForURL(new RegExp(`/${list}/.`))
    await page.locator('main h1').filter({ hasNotText: 'Loading' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByTestId(`${row}-row`).first().waitFor()
    assert.deepEqual([parameters().get('q'), parameters().get('since')], [few, '7d'], `${list}: Escape leads back to it`)
  }
}

async function skipping(page, { playhead }) {
  await open(page, playhead, '/generations')
  await page.keyboard.press('Tab')
  assert.equal(await focused(page), 'skip-link')
  await page.keyboard.press('Enter')
  assert.equal(await page.evaluate(() => document.activeElement.tagName), 'MAIN')
  await page.keyboard.press('Tab')
  assert.ok(await page.evaluate(() => document.activeElement.closest('main') && document.activeElement.tagName !== 'MAIN'), 'the next stop is in the content')

  const cost = page.getByTestId('cost').filter({ hasText: '$' }).first()
  await cost.focus()
  const tip = page.getByTestId('tip')
  assert.match(await tip.innerText(), /\d input × \$[\d.]+\/M = [^]+Price: genai-prices .*\(20\d\d-\d\d-\d\d\)/)
  assert.equal(await cost.getAttribute('aria-describedby'), await tip.getAttribute('id'))
  await page.keyboard.press('Escape')
  await tip.waitFor({ state: 'detached' })
  assert.match(page.url(), /\/generations$/)
}
