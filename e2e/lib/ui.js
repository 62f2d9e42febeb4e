// Playhead's UI as a person uses it. Everything is found by what is on the page: test ids are the UI's promise (web/README.md).
import { setTimeout as pause } from 'node:timers/promises'

/** Waits until `check` gives something truthy, and gives that. */
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

/** Opens the traces page and waits for the row with a text, looking again as a person would. */
export async function findTrace(page, playhead, text) {
  const row = page.getByTestId('trace-row').filter({ hasText: text })
  await eventually(`a trace with “${text}”`, async () => {
    await page.goto(`${playhead.url}/traces`)
    await row.first().waitFor({ timeout: 3000 })
    return true
  }, 45_000)
  return row.first()
}

/** Opens a trace and its replay, and waits for the recording's first picture. */
export async function openReplay(page, playhead, text) {
  await (await findTrace(page, playhead, text)).click()
  const button = page.getByTestId('replay-button').first()
  await eventually('the replay button of a linked trace', () => button.isEnabled(), 45_000)
  await button.click()
  await page.getByTestId('player').waitFor()
  await eventually('a picture in the player', async () => (await screen(page)) !== '')
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
    for (const frame of document.querySelectorAll('[data-testid=player-screen] iframe')) read(frame.contentDocument)
    return texts.join('\n').trim()
  })
}

/** Where the player stands, in Unix milliseconds. */
export async function playerTime(page) {
  return Number(await page.getByTestId('player-time').first().getAttribute('data-ms'))
}
