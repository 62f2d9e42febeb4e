// Playhead's UI as a person uses it. Elements are found by their test ids, which the UI keeps stable (web/README.md).
import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'

/** Waits until `check` returns something truthy, and returns that. */
export async function eventually(what, check, within = 30_000) {
  const end = Date.now() + within
  let failure
  for (;;) {
    try {
      const found = await check()
      if (found) return found
      failure = undefined
    } catch (error) {
      failure = error
    }
    if (Date.now() > end) throw new Error(`${what}: not within ${within} ms`, { cause: failure })
    await pause(200)
  }
}

/**
 * Opens the traces page and waits for the row with a text. The list shows new rows by itself. The page is opened again because the row may be
 * missing on a list's first page.
 */
export async function findTrace(page, playhead, text) {
  const row = page.getByTestId('trace-row').filter({ hasText: text })
  await eventually(`a trace with “${text}”`, async () => {
    await page.goto(`${playhead.url}/traces`)
    await row.first().waitFor({ timeout: 15_000 })
    return true
  }, 90_000)
  return row.first()
}

/** Opens Playhead in a new browser context, signed in. Errors in its pages are failures. */
export async function visit({ browser, playhead }, use) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  const errors = []
  context.on('weberror', (event) => {
    const error = event.error()
    errors.push(error.stack || String(error))
  })
  try {
    await playhead?.enter(context)
    await use(await context.newPage())
    assert.deepEqual(errors, [], 'errors in the pages')
  } catch (failure) {
    for (const page of context.pages()) failure.message += `\n${await seenOn(page)}`
    if (errors.length) failure.message += `\nErrors in the pages: ${errors[0]}${errors.length > 1 ? ` and ${errors.length - 1} more` : ''}`
    throw failure
  } finally {
    await context.close()
  }
}

/** What a page shows, for a test that failed: some failures occur only on a machine that cannot be looked at. */
async function seenOn(page) {
  const text = await page.locator('main').innerText({ timeout: 2000 }).catch((error) => `not known: ${error.message.split('\n')[0]}`)
  return `The page ${page.url()} shows: ${text.slice(0, 1000)}`
}

/** Finds a trace by a text and opens its page. */
export async function openTrace(page, playhead, text) {
  await (await findTrace(page, playhead, text)).click()
  await page.waitForURL(/\/traces\/./)
}

/**
 * Presses a trace's replay button as soon as there is one, and waits for the picture. The replay plays at once, so it is paused: the tests check
 * the moment. Everything that a real recorder made must be playable.
 */
export async function pressReplay(page) {
  await page.getByTestId('replay-button').click({ timeout: 45_000 })
  await picture(page)
  assert.equal(await page.getByTestId('player').getAttribute('data-playing'), 'true', 'it plays from the moment')
  await page.keyboard.press(' ')
  await page.locator('[data-testid=player][data-playing=false]').waitFor()
  assert.equal(await page.getByTestId('unplayable').count(), 0, 'events that could not be played')
}

/** Waits until the player shows what was on the screen at its time. */
export function picture(page) {
  return page.locator('[data-testid=player][data-status=ready]').waitFor()
}

/** Makes the player play, if it is paused. */
export async function play(page) {
  if (await page.getByTestId('player').getAttribute('data-playing') !== 'true') await page.getByTestId('play').click()
}

/** All text on the replayed page, with what its inputs hold. Empty before the first picture. */
export function screen(page) {
  return page.evaluate(() => {
    const texts = []
    const read = (document) => {
      if (!document?.body) return
      texts.push(document.body.innerText)
      for (const input of document.querySelectorAll('input, textarea')) texts.push(input.value)
      for (const frame of document.querySelectorAll('iframe')) read(frame.contentDocument)
    }
    read(document.querySelector('[data-testid=player-screen]')?.contentDocument)
    return texts.join('\n').trim()
  })
}

/** The time of the player, in Unix milliseconds. */
export async function playerTime(page) {
  return Number(await page.getByTestId('player-time').first().getAttribute('data-ms'))
}
