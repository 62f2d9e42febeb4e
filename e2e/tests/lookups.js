// Recordings that name other hosts: with remote content off, the browser that shows them neither looks up a name nor connects.
// The tests read Chromium's own network log, because a server could see neither name lookups nor connections in advance.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { describe, it } from 'node:test'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { startProfile } from '../lib/browser.js'
import { listen } from '../lib/listen.js'
import { capture } from '../lib/playhead.js'
import { element, firstPicture, mouse, mutation, snapshot, svg } from '../lib/recording.js'
import { eventually, picture, play, playerTime, screen, visit } from '../lib/ui.js'

export function lookups(env) {
  it('a recording makes the browser look up and reach nobody', { timeout: 120_000 }, () => silent(env))
}

const dot = 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const svgDocument = (url) => `data:image/svg+xml,${encodeURIComponent(`<?xml version="1.0"?><?xml-stylesheet href="${url}/pi.css"?>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><style>@import url(${url}/import.css); rect { fill: url(${url}/fill.svg#f) }</style>
<image href="${url}/image.png" width="9" height="9"/><use xlink:href="${url}/use.svg#u"/><foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml" src="${url}/frame"/></foreignObject></svg>`)}`
const htmlDocument = (url) => `data:text/html,${encodeURIComponent(`<link rel=preconnect href="${url}"><link rel=dns-prefetch href="${url}"><img src="${url}/img"><iframe src="${url}/frame"></iframe>`)}`

/** Everything in a page that loads, connects, looks up a name or navigates. Each gets a host of its own: `url` is made from its name. */
const elements = {
  'iframe-src': (url) => element('iframe', { src: url }),
  'iframe-srcdoc': (url) => element('iframe', { srcdoc: `<link rel=preconnect href="${url}"><iframe src="${url}/frame"></iframe><a href="${url}">a</a>` }),
  'iframe-data': (url) => element('iframe', { src: htmlDocument(url) }),
  'iframe-upper': (url) => element('IFRAME', { SRC: url }),
  'iframe-in-svg': (url) => svg('svg', {}, svg('foreignObject', {}, element('iframe', { src: url }))),
  'frameset': (url) => element('frameset', {}, element('frame', { src: url })),
  'object': (url) => element('object', { data: url, type: 'text/html' }),
  'object-image': (url) => element('object', { data: `${url}/a.png`, type: 'image/png' }),
  'object-data': (url) => element('object', { data: htmlDocument(url), type: 'text/html' }),
  'object-param': (url) => element('object', {}, element('param', { name: 'movie', value: url })),
  'embed': (url) => element('embed', { src: url }),
  'embed-svg': (url) => element('embed', { src: svgDocument(url), type: 'image/svg+xml' }),
  'portal': (url) => element('portal', { src: url }),
  'fencedframe': (url) => element('fencedframe', { src: url }),
  'img': (url) => element('img', { src: `${url}/a.png` }),
  'img-srcset': (url) => element('img', { src: dot, srcset: `${url}/a.png 2x, ${dot} 1x` }),
  'img-svg': (url) => element('img', { src: svgDocument(url) }),
  'img-rr': (url) => element('img', { rr_dataURL: `${url}/a.png` }),
  'img-lazy': (url) => element('img', { src: `${url}/a.png`, loading: 'lazy', attributionsrc: `${url}/attribution` }),
  'picture': (url) => element('picture', {}, element('source', { srcset: `${url}/a.webp`, type: 'image/webp' }), element('img', { src: dot })),
  'input-image': (url) => element('input', { type: 'image', src: `${url}/a.png`, formaction: url }),
  'video': (url) => element('video', { src: `${url}/a.mp4`, preload: 'auto' }),
  'video-poster': (url) => element('video', { poster: `${url}/a.png` }),
  'video-hls': (url) => element('video', { src: `data:application/vnd.apple.mpegurl,${encodeURIComponent(`#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n${url}/a.ts\n#EXT-X-ENDLIST\n`)}`, autoplay: true, muted: true }),
  'audio-source': (url) => element('audio', { autoplay: true }, element('source', { src: `${url}/a.mp3` })),
  'track': (url) => element('video', {}, element('track', { src: `${url}/a.vtt`, kind: 'captions', default: true })),
  ...Object.fromEntries(['stylesheet', 'alternate stylesheet', 'icon', 'apple-touch-icon', 'preload', 'modulepreload', 'prefetch', 'prerender', 'dns-prefetch', 'preconnect', 'manifest', 'next', 'canonical', 'expect', 'search', 'compression-dictionary']
    .map((rel) => [`link-${rel.replaceAll(' ', '-')}`, (url) => element('link', { rel, href: `${url}/a`, as: 'image', crossorigin: 'anonymous', imagesrcset: `${url}/b 1x` })])),
  'link-upper': (url) => element('LINK', { REL: 'preconnect', HREF: url }),
  'link-data': (url) => element('link', { rel: 'stylesheet', href: `data:text/css,${encodeURIComponent(`@import url(${url}/a.css); body { background: url(${url}/a.png) }`)}` }),
  'base': (url) => element('base', { href: url }),
  'meta-refresh': (url) => element('meta', { 'http-equiv': 'refresh', content: `0;url=${url}` }),
  'meta-prefetch': (url) => element('div', {}, element('meta', { 'http-equiv': 'x-dns-prefetch-control', content: 'on' }), element('a', { href: url }, 'prefetched')),
  'meta-csp': (url) => element('meta', { 'http-equiv': 'Content-Security-Policy', content: `default-src 'none'; report-uri ${url}` }),
  'a': (url) => element('a', { href: url, ping: `${url}/ping`, target: '_top' }, 'a link'),
  'a-slashes': (url) => element('a', { href: url.replace('http:', '') }, 'a link without a scheme'),
  'a-tab': (url) => element('a', { href: ` h\tttp:\\\\${url.slice('http://'.length)}` }, 'a link with a tab'),
  'area': (url) => element('map', { name: 'map' }, element('area', { shape: 'default', href: url })),
  'form': (url) => element('form', { action: url, target: '_top' }, element('button', { type: 'submit', formaction: `${url}/button` }, 'submit')),
  'blockquote': (url) => element('blockquote', { cite: url }, 'cited'),
  'background': (url) => element('table', { background: `${url}/a.png` }, element('td', { background: `${url}/b.png` }, 'cell')),
  'script': (url) => element('script', { src: `${url}/a.js` }),
  'speculation': (url) => element('script', { type: 'speculationrules' }, JSON.stringify({ prefetch: [{ source: 'list', urls: [url] }] })),
  'svg-image': (url) => svg('svg', {}, svg('image', { href: `${url}/a.png`, width: '9', height: '9' })),
  'svg-xlink': (url) => svg('svg', {}, svg('image', { 'xlink:href': `${url}/a.png`, width: '9', height: '9' })),
  'svg-use': (url) => svg('svg', {}, svg('use', { href: `${url}/a.svg#a` })),
  'svg-feimage': (url) => svg('svg', {}, svg('filter', { id: 'fe' }, svg('feImage', { href: `${url}/a.png` })), svg('rect', { filter: 'url(#fe)', width: '9', height: '9' })),
  'svg-a': (url) => svg('svg', {}, svg('a', { 'xlink:href': url, href: url }, svg('text', {}, 'svg link'))),
  'svg-script': (url) => svg('svg', {}, svg('script', { href: `${url}/a.js` })),
  'svg-style': (url) => svg('svg', {}, svg('style', {}, `@import "${url}/a.css";`)),
  'svg-fill': (url) => svg('svg', {}, svg('rect', { fill: `url(${url}/a.svg#a)`, filter: `url("${url}/b.svg#b")`, 'clip-path': `u\\72l(${url}/c.svg#c)`, width: '9', height: '9' })),
  'svg-animate': (url) => svg('svg', {}, svg('image', { width: '9', height: '9' }, svg('animate', { attributeName: 'href', values: `${url}/a.png;${url}/b.png`, dur: '1s' }), svg('set', { attributeName: 'href', to: `${url}/c.png` }))),
  'style-attribute': (url) => element('p', { style: `background: url(${url}/a.png); cursor: url("${url}/b.cur"), auto; list-style: url('${url}/c.png'); content: u\\72 l(${url}/d.png)` }, 'styled'),
  'style-import': (url) => element('style', {}, `@import "${url}/a.css"; @import url(${url}/b.css) screen; @\\69mport '${url}/c.css';`),
  'style-url': (url) => element('style', {}, `h1 { background: url(${url}/a.png), -webkit-image-set("${url}/b.png" 1x); mask: image-set("${url}/c.png" 1x); border-image: -webkit-cross-fade(url(${url}/d.png), url(${dot}), 50%) } h1::after { content: url(${url}/e.png) }`),
  'style-font': (url) => element('style', {}, `@font-face { font-family: far; src: url("${url}/a.woff2") format("woff2") } h1 { font-family: far }`),
  'style-variable': (url) => element('style', {}, `:root { --far: "${url}/a.png"; --image: url(${url}/b.png) } h1 { background: image-set(var(--far) 1x), var(--image) }`),
  'style-csstext': (url) => element('style', { _cssText: `@import url(${url}/a.css); h1 { background: url(${url}/b.png) }` }),
  'link-csstext': (url) => element('link', { rel: 'stylesheet', href: `${url}/a.css`, _cssText: `@import '${url}/a.css'; h1 { background: url( "${url}/b.png" ) }` }),
  'canvas': (url) => element('canvas', { rr_dataURL: `${url}/a.png` }),
  'template': (url) => element('template', {}, element('img', { src: `${url}/a.png` }), element('iframe', { src: url })),
  'noscript': (url) => element('noscript', {}, element('img', { src: `${url}/a.png` }), element('link', { rel: 'preconnect', href: url })),
  'custom': (url) => ({ ...element('far-away', { src: url, href: url }, element('img', { src: `${url}/a.png` })), isCustom: true }),
  'shadow': (url) => {
    const host = element('div', {}, element('iframe', { src: url }), element('a', { href: url }, 'in the shadow'), element('style', {}, `@import url(${url}/a.css);`))
    return { ...host, isShadowHost: true, childNodes: host.childNodes.map((child) => ({ ...child, isShadow: true })) }
  },
}

/** Events that change an existing paragraph, image, link, frame or style sheet, each with a host of its own. */
const changes = {
  'set-iframe': (url, at, on) => mutation(at, { attributes: [{ id: on.frame, attributes: { src: url } }] }),
  'set-srcdoc': (url, at, on) => mutation(at, { attributes: [{ id: on.frame, attributes: { srcdoc: `<link rel=preconnect href="${url}"><iframe src="${url}/frame"></iframe>` } }] }),
  'set-img': (url, at, on) => mutation(at, { attributes: [{ id: on.image, attributes: { src: `${url}/a.png`, srcset: `${url}/b.png 1x` } }] }),
  'set-href': (url, at, on) => mutation(at, { attributes: [{ id: on.link, attributes: { href: url, HREF: url } }] }),
  'set-style': (url, at, on) => mutation(at, { attributes: [{ id: on.text, attributes: { style: { 'background-image': `url(${url}/a.png)`, cursor: [`url(${url}/b.cur), auto`, 'important'] } } }] }),
  'set-style-text': (url, at, on) => mutation(at, { attributes: [{ id: on.text, attributes: { style: `background: url(${url}/a.png)` } }] }),
  'set-sheet': (url, at, on) => mutation(at, { texts: [{ id: on.css, value: `@import url(${url}/a.css); h1 { background: url(${url}/b.png) }` }] }),
  'set-csstext': (url, at, on) => mutation(at, { attributes: [{ id: on.sheet, attributes: { _cssText: `@import url(${url}/a.css);` } }] }),
  'rule': (url, at, on) => ({ type: 3, data: { source: 8, id: on.sheet, adds: [{ rule: `h1 { background: url(${url}/a.png) }`, index: 0 }] }, timestamp: at }),
  'replaced': (url, at, on) => ({ type: 3, data: { source: 8, styleId: 1, replaceSync: `h1 { background: url(${url}/a.png) }`, replace: `h1 { background: url(${url}/b.png) }` }, timestamp: at }),
  'declaration': (url, at, on) => ({ type: 3, data: { source: 13, id: on.sheet, index: [0], set: { property: 'background-image', value: `url(${url}/a.png)` } }, timestamp: at }),
  'adopted': (url, at, on) => ({ type: 3, data: { source: 15, id: on.document, styles: [{ styleId: 1, rules: [{ rule: `h1 { background: url(${url}/a.png) }`, index: 0 }] }], styleIds: [1] }, timestamp: at }),
  'font': (url, at) => ({ type: 3, data: { source: 10, family: 'farther', fontSource: `url(${url}/a.woff2)`, buffer: false }, timestamp: at }),
  'canvas-image': (url, at, on) => ({ type: 3, data: { source: 9, id: on.canvas, type: 0, property: 'drawImage', args: [{ rr_type: 'HTMLImageElement', src: `${url}/a.png` }, 0, 0] }, timestamp: at }),
  'canvas-bitmap': (url, at, on) => ({ type: 3, data: { source: 9, id: on.canvas, type: 0, commands: [{ property: 'drawImage', args: [{ rr_type: 'ImageBitmap', args: [{ rr_type: 'HTMLImageElement', src: `${url}/a.png` }] }, 0, 0] }] }, timestamp: at }),
  'nested-document': (url, at, on) => mutation(at, {
    adds: [{ parentId: on.frame, nextId: null, node: {
      type: 0, id: on.nested, childNodes: [element('html', {},
        element('head', {}, element('base', { href: url }), element('link', { rel: 'preconnect', href: url }), element('style', {}, `@import url(${url}/a.css);`)),
        element('body', {}, 'a page in the page', element('img', { src: `${url}/a.png` }), element('iframe', { src: url }), element('a', { href: url }, 'nested link')))],
    } }],
  }),
  'old-sibling': (url, at, on) => mutation(at, { adds: [{ parentId: on.body, nextId: -1, previousId: -1, node: element('a', { href: url }, 'a node whose sibling never comes') }] }),
}

const hostOf = (name, where, under) => `${name}--${where}.${under}`

async function silent({ playhead }) {
  const folder = await mkdtemp(join(tmpdir(), 'playhead-netlog-'))
  const log = join(folder, 'net.json')
  const profile = await startProfile(join(folder, 'profile'), [`--log-net-log=${log}`, '--net-log-capture-mode=Everything'])
  let connections = 0
  const counting = createServer((socket) => { connections++; socket.destroy() })
  const port = await listen(counting)
  try {
    await visit({ browser: { newContext: () => profile }, playhead }, async (page) => {
      // A name that does not exist shows up as a lookup, a name that resolves to this machine as a connection.
      await watch(page, playhead, 'lookups.invalid', '')
      await watch(page, playhead, 'lookups.test', `:${port}`)
    })
  } finally {
    await profile.close() // the log is complete when the browser has ended
    counting.close()
  }
  const names = new Set()
  const { constants, events } = JSON.parse(await readFile(log, 'utf8'))
  const kinds = Object.fromEntries(Object.entries(constants.logEventTypes).map(([name, number]) => [number, name]))
  assert.ok(events.some((event) => JSON.stringify(event.params ?? '').includes(playhead.url)), 'the log holds what the browser did')
  for (const event of events) {
    for (const [name] of JSON.stringify(event.params ?? '').matchAll(/[a-z-]+--[a-z]+\.lookups\.(invalid|test)/g)) names.add(`${name} ${kinds[event.type]}`)
  }
  await rm(folder, { recursive: true, force: true })
  if (process.env.SHOW) console.log([...names].sort().join('\n'))
  assert.deepEqual([...new Set([...names].map((name) => name.split(' ')[0]))].sort(), [], 'hosts that the browser looked up or connected to')
  assert.equal(connections, 0, 'connections to the hosts of a recording')
}

/** Watches a recording with all of these: elements in its first picture, elements added later, and changes of existing ones. */
async function watch(page, playhead, under, port) {
  const [session, window] = [`lookups-${randomUUID()}`, randomUUID()]
  const at = Date.now() - 60_000
  const all = (where) => Object.entries(elements).map(([name, make]) => make(`http://${hostOf(name, where, under)}${port}`))
  const frame = element('iframe', {})
  const text = element('p', {}, 'a paragraph that is only read')
  const link = element('a', { href: '#' }, 'a link to nowhere')
  const image = element('img', { src: dot })
  const sheet = element('style', {}, 'h1 { color: rgb(1, 2, 3) }')
  const canvas = element('canvas', {})
  const kept = [element('style', {}, '#kept { color: rgb(1, 2, 3) }'), element('p', { id: 'kept' }, 'styled here'), element('img', { src: dot, id: 'dot' })]
  const body = element('body', {}, element('h1', {}, 'An honest heading'), ...kept, text, link, image, frame, canvas, sheet, ...all('first'))
  const first = firstPicture(at, [...Object.values(elements).map((make, i) => make(`http://${hostOf(Object.keys(elements)[i], 'head', under)}${port}`)).filter((node) => ['link', 'style', 'meta', 'base', 'script'].includes(node.tagName))], body)
  const on = { frame: frame.id, text: text.id, link: link.id, image: image.id, sheet: sheet.id, css: sheet.childNodes[0].id, canvas: canvas.id, body: body.id, document: first[1].data.node.id, nested: element('div').id }
  const added = all('added')
  await capture(playhead, [snapshot(session, window, [
    ...first,
    mouse(at + 500, 50, 50),
    mutation(at + 1000, { adds: added.flatMap((node) => flat(node, body.id)) }),
    ...Object.entries(changes).map(([name, make], i) => make(`http://${hostOf(name, 'event', under)}${port}`, at + 1100 + i * 20, on)),
    { type: 3, data: { source: 2, type: 2, id: link.id, x: 60, y: 60 }, timestamp: at + 1900 },
    mutation(at + 2000, { texts: [{ id: text.childNodes[0].id, value: 'all of it was played' }] }),
    mouse(at + 2500, 60, 60),
  ])], '/s/')
  await page.goto(`${playhead.url}/sessions/${session}?t=${at}`)
  await picture(page)
  assert.match(await screen(page), /An honest heading/)
  await play(page)
  await eventually('the player passes what was added', async () => await playerTime(page) >= at + 2400)
  await eventually('the last event was played', async () => /all of it was played/.test(await screen(page)))
  const box = await page.getByTestId('player-screen').boundingBox()
  for (let y = 10; y < box.height; y += 40) await page.mouse.move(box.x + 60, box.y + y)
  await page.mouse.click(box.x + 60, box.y + 60)
  // The same with a seek, which builds the page in one step.
  await page.goto(`${playhead.url}/sessions/${session}?t=${at + 2400}`)
  await picture(page)
  await eventually('what was there at the end', async () => /all of it was played/.test(await screen(page)))
  assert.deepEqual(await page.evaluate(shown), { color: 'rgb(1, 2, 3)', width: 1 }, 'local styles and images are shown')
  await pause(500)
}

/** Additions as recorders write them: each node by itself, parents first, the last child of a parent first. */
function flat(node, parentId, nextId = null) {
  const { childNodes = [], ...own } = node
  const adds = [{ parentId, nextId, node: { ...own, ...(node.childNodes && { childNodes: [] }) } }]
  let next = null
  for (const child of childNodes.toReversed()) {
    adds.push(...flat(child, node.id, next))
    next = child.id
  }
  return adds
}

function shown() {
  const replayed = document.querySelector('[data-testid=player-screen]').contentDocument.querySelector('iframe').contentDocument
  return { color: getComputedStyle(replayed.querySelector('#kept')).color, width: replayed.querySelector('#dot').naturalWidth }
}
