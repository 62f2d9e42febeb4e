// Every page fits into windows from 1,024 to 2,560 px: nothing scrolls sideways but what is made to, and no control is cut, outside or below another.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { details, open, sections, shown } from '../lib/places.js'
import { visit } from '../lib/ui.js'

const widths = [1024, 1280, 1920, 2560]

/** `own` returns the server of these pages and what was sent to it. A page is loaded once, and then the window gets wider. */
export function fitting(env, own) {
  for (const [what, use] of [['with content', full], ['without', empty]]) {
    it(`pages ${what} fit into windows of 1,024 to 2,560 px`, { timeout: 300_000 }, () => visit({ ...env, playhead: own().playhead }, async (page) => {
      const found = []
      await page.emulateMedia({ reducedMotion: 'reduce' })
      for (const path of await use(page, own())) {
        await page.setViewportSize({ width: widths[0], height: 800 })
        await open(page, own().playhead, path)
        for (const width of widths) {
          await page.setViewportSize({ width, height: 800 })
          await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
          await shown(page)
          for (const problem of await page.evaluate(problems)) found.push(`${path} at ${width} px: ${problem}`)
        }
      }
      assert.deepEqual(found, [])
    }))
  }
}

const full = async (page, { playhead, sent }) => [...await sections(page, playhead), '/providers', '/overview?by=prompt_version', ...details(sent)]
const empty = async (page, { playhead, emptyProject }) => (await sections(page, playhead)).map((path) => `${path}?project=${emptyProject}`)

/** Runs in the page. */
function problems() {
  const found = []
  const named = (el) => `${el.tagName.toLowerCase()} “${(el.getAttribute('aria-label') ?? el.innerText ?? el.placeholder ?? '').trim().slice(0, 40)}”${el.dataset.testid ? ` (${el.dataset.testid})` : ''}`
  const { scrollWidth } = document.documentElement
  if (scrollWidth > innerWidth) found.push(`the page is ${scrollWidth} px wide`)
  // A table scrolls in itself. What scrolls up and down must not scroll sideways, too.
  for (const box of document.querySelectorAll('main, main *')) {
    if (box.scrollWidth <= box.clientWidth + 1 || box.clientWidth === 0 || box.closest('[role=table], pre, [class*="overflow-auto"], [class*="overflow-x-auto"]')) continue
    if (/auto|scroll/.test(getComputedStyle(box).overflowX)) found.push(`${box.tagName.toLowerCase()}.${box.className} scrolls sideways: ${box.scrollWidth} of ${box.clientWidth} px`)
  }
  const which = 'button, select, input, textarea, a[href]'
  /** What is seen of an element: the part that no box around it cuts off. */
  const seen = (el) => {
    let { left, top, right, bottom } = el.getBoundingClientRect()
    let scrolls = false
    for (let box = el.parentElement; box && box !== document.body; box = box.parentElement) {
      const style = getComputedStyle(box)
      if (style.overflowX === 'visible' && style.overflowY === 'visible') continue
      scrolls ||= /auto|scroll/.test(style.overflowX) && box.scrollWidth > box.clientWidth || /auto|scroll/.test(style.overflowY) && box.scrollHeight > box.clientHeight
      const around = box.getBoundingClientRect()
      left = Math.max(left, around.left), top = Math.max(top, around.top), right = Math.min(right, around.right), bottom = Math.min(bottom, around.bottom)
    }
    return { left, top, right, bottom, scrolls }
  }
  for (const el of document.querySelectorAll(which)) {
    if (!el.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || el.closest('.sr-only, [inert], [popover]')) continue
    const whole = el.getBoundingClientRect()
    if (whole.width < 2 || whole.height < 2) continue
    const part = seen(el)
    if (part.scrolls && (part.right - part.left < whole.width - 1 || part.bottom - part.top < whole.height - 1)) continue // scrolled away
    if (whole.left < -1 || whole.right > innerWidth + 1) found.push(`${named(el)} is outside of the window`)
    if (/^(BUTTON|SELECT)$/.test(el.tagName) && part.right - part.left < whole.width - 1.5) found.push(`${named(el)} is cut: ${Math.round(part.right - part.left)} of ${Math.round(whole.width)} px are seen`)
    if (el.matches('button.btn') && el.scrollWidth > el.clientWidth + 1 && !el.querySelector('.truncate')) found.push(`the text of ${named(el)} is wider than it is`)
    const x = (part.left + part.right) / 2
    const y = (part.top + part.bottom) / 2
    if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) continue
    const above = document.elementFromPoint(x, y)?.closest(which)
    if (above && above !== el && !above.contains(el) && !el.contains(above)) found.push(`${named(el)} is covered by ${named(above)}`)
  }
  return [...new Set(found)]
}
