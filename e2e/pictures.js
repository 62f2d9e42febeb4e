// Makes the pictures of the README from the demo and its history: `make screenshots`.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import sharp from 'sharp'
import { startBrowser } from './lib/browser.js'
import { anyPorts, bothAddresses } from './lib/demo.js'
import { folder, pictures } from './lib/pictures.js'
import { open } from './lib/places.js'
import { binary, root } from './lib/playhead.js'
import { start } from './lib/processes.js'
import { eventually } from './lib/ui.js'

const data = await mkdtemp(join(tmpdir(), 'playhead-pictures-'))
const [built, browser] = await Promise.all([binary(), startBrowser()])
const demo = await start(built.path, ['demo', ...anyPorts, '--data', data], { ready: bothAddresses })
try {
  const [, url, app] = demo.match
  const json = async (address) => (await fetch(address)).json()
  await eventually('the history is sent', async () => (await json(`${app}/api/state`)).sent === 1, 300_000)
  let known = -1
  await eventually('what users saw is known', async () => {
    const before = known
    known = (await json(`${url}/api/generations?limit=1&count=true&q=seen:*`)).total
    await pause(5000)
    return known > 0 && known === before
  }, 300_000)
  await mkdir(join(root, folder), { recursive: true })
  for (const { file, dark = false, path, ready } of pictures) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 860 }, colorScheme: dark ? 'dark' : 'light', reducedMotion: 'reduce' })
    const page = await context.newPage()
    await open(page, { url }, await path((query) => json(url + query)))
    await ready(page)
    const bar = page.getByTestId('demo-bar').getByRole('button')
    if (await bar.count() > 0) await bar.click()
    // 256 colours are enough for text and lines, at a quarter of the size.
    const small = await sharp(await page.screenshot()).png({ palette: true, quality: 90, effort: 10 }).toBuffer()
    await writeFile(join(root, folder, file), small)
    console.log(`${folder}/${file}: ${Math.round(small.length / 1000)} kB`)
    await context.close()
  }
} finally {
  await browser.close()
  await demo.stop()
  await built.remove()
  await rm(data, { recursive: true, force: true })
}
