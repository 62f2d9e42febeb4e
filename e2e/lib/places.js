// The pages of the UI, as the UI itself lists them: a page that is added to the navigation is tested automatically.

/** The paths of the pages that the navigation leads to. */
export async function sections(page, playhead) {
  await page.goto(`${playhead.url}/status`)
  const links = page.getByRole('navigation', { name: 'Pages' }).getByRole('link')
  await links.first().waitFor()
  return links.evaluateAll((all) => all.map((a) => new URL(a.href).pathname))
}

/** The pages that show one trace, session or conversation, for what was sent. */
export const details = ({ trace, session, window, momentMs, conversation }) => [
  `/traces/${trace}`,
  `/traces/${trace}?replay=1&t=${momentMs}&window=${window}`,
  `/sessions/${session}`,
  `/conversations/${conversation}`,
]

/** Opens a page and waits until it has loaded. */
export async function open(page, playhead, path) {
  await page.goto(playhead.url + path)
  await shown(page)
}

/** Waits until nothing loads any more. */
export async function shown(page) {
  await page.locator('main h1').first().waitFor({ state: 'attached' })
  await page.waitForFunction(() => !document.querySelector('main .skeleton, main [aria-busy=true]'))
}
