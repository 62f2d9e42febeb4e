// A page whose stylesheet, font and image lie on another host: replays and clips show the copies that were fetched, and request nothing from that host.
import assert from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { capture, read, startServer } from '../lib/playhead.js'
import { element, firstPicture, mouse, snapshot } from '../lib/recording.js'
import { eventually, picture, visit } from '../lib/ui.js'

export function assets(env) {
  it('a replay shows what was fetched of another host, and so does a clip', { timeout: 120_000 }, async () => {
    const playhead = await startServer(env.binary, ['--assets-hosts', 'cdn.test'])
    try {
      await visit({ ...env, playhead }, (page) => shown(page, playhead))
    } finally {
      await playhead.stop()
    }
  })
}

const cdn = 'http://cdn.test'
const kept = {
  '/style.css': ['text/css', '@import "more.css"; h1 { color: rgb(1, 2, 3) }'],
  '/more.css': ['text/css', 'h1 { background-image: url(dot.svg) }'],
  '/dot.svg': ['image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg" width="7" height="7"><script>top.ran = true</script></svg>'],
}

/** Stores the copies where a server keeps them that could have fetched them from the host. */
async function keep(data) {
  const folder = join(data, 'recordings', 'default', 'named')
  await mkdir(folder, { recursive: true })
  for (const [path, [type, body]] of Object.entries(kept)) {
    const url = cdn + path
    await writeFile(join(folder, createHash('sha256').update(url).digest('hex')), `${JSON.stringify({ url, type })}\n${body}`)
  }
}

/** The look of a recorded page: its title's color and background, and the width of its image. */
const look = (frames) => {
  let doc = document.querySelector(frames[0])?.contentDocument
  for (const next of frames.slice(1)) doc = doc?.querySelector(next)?.contentDocument
  const title = doc?.querySelector('h1')
  if (!title) return null
  const style = doc.defaultView.getComputedStyle(title)
  return { color: style.color, image: style.backgroundImage, width: doc.querySelector('img').naturalWidth, ran: window.ran === true }
}

async function shown(page, playhead) {
  await keep(playhead.data)
  const [session, window, at] = [randomUUID(), randomUUID(), Date.now() - 600_000]
  await capture(playhead, [snapshot(session, window, [
    ...firstPicture(at, [element('link', { rel: 'stylesheet', href: `${cdn}/style.css` })],
      element('body', {}, element('h1', {}, 'Styled'), element('img', { src: `${cdn}/dot.svg` }), element('img', { src: `${cdn}/unknown.png` }))),
    mouse(at + 5000, 10, 10),
  ])], '/s/')
  const asked = []
  page.on('request', (request) => asked.push(request.url()))
  await page.goto(`${playhead.url}/sessions/${session}?t=${at + 1000}&window=${window}`)
  await picture(page)
  const styled = await eventually('the stylesheet applies', async () => {
    const now = await page.evaluate(look, ['[data-testid=player-screen]', 'iframe'])
    return now?.color === 'rgb(1, 2, 3)' && now.width === 7 && now.image.includes('dot.svg') && now
  })
  assert.match(styled.image, /\/api\/assets\?/)
  assert.equal(styled.ran, false, 'a script of an image ran')
  assert.deepEqual(asked.filter((url) => !url.startsWith(playhead.url) && !/^(data|blob|about):/.test(url)), [], 'requests to other hosts')

  const answer = await read(playhead, `/api/assets?url=${encodeURIComponent(`${cdn}/dot.svg`)}`)
  assert.deepEqual([answer.status, answer.headers.get('content-type'), answer.headers.get('x-content-type-options')], [200, 'image/svg+xml', 'nosniff'])
  assert.match(answer.headers.get('content-security-policy'), /default-src 'none';.*; sandbox$/)

  const clip = await (await read(playhead, `/api/sessions/${session}/clip?window=${window}&from=${at}&to=${at + 5000}`)).text()
  const folder = await mkdtemp(join(tmpdir(), 'playhead-clip-'))
  try {
    const name = join(folder, 'clip.html')
    await writeFile(name, clip)
    const clipped = await page.context().newPage() // Playhead's own page may still ask for something
    const clipAsked = []
    clipped.on('request', (request) => clipAsked.push(request.url()))
    await clipped.goto(pathToFileURL(name).href)
    await eventually('the clip is styled', async () => {
      const now = await clipped.evaluate(look, ['.screen iframe', 'iframe'])
      return now?.color === 'rgb(1, 2, 3)' && now.width === 7 && now.image.startsWith('url("data:image/svg+xml')
    })
    assert.deepEqual(clipAsked.filter((url) => !/^(file|data|about|blob):/.test(url)), [], 'requests of a clip')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
