// Payloads that try to escape from the page, and a page in which every way to do so is watched.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { listen } from './listen.js'
import { visit } from './ui.js'

/** A script that marks every page it can reach. */
export const run = 'window.__pwned=parent.__pwned=top.__pwned=true'

/** Markup for texts. It would run scripts or load things. */
export function markup(evil) {
  return `<script>${run}</script><img src="${evil}/answer.png" onerror="${run}"><svg onload="${run}"><script>${run}</script></svg>
<iframe srcdoc="<script>${run}</script>"></iframe><style>@import url(${evil}/answer.css); * { background: url(${evil}/answer-bg.png) }</style>
<meta http-equiv="refresh" content="0;url=${evil}/answer-refresh"><base href="${evil}/"><form action="${evil}/answer-form"><button autofocus onfocus="${run}">go</button></form>
<math><mtext><table><mglyph><style><img src=x onerror="${run}"></style></mglyph></table></mtext></math><video poster="${evil}/poster.png"></video>
<a href="javascript:${run}" id="clobber" name="getElementById">inline link</a><details open ontoggle="${run}">x</details><p style="background:url(${evil}/p.png)">styled</p>
<noscript><p title="</noscript><img src=x onerror=${run}>"></noscript>`
}

/** Runs a test in a page in which every way out is watched. Another server records the requests that reach it. */
export async function guarded(env, test) {
  const { playhead } = env
  const reached = []
  const evil = createServer((request, response) => {
    reached.push(request.url)
    response.setHeader('access-control-allow-origin', '*')
    response.end('parent.__pwned = top.__pwned = true')
  })
  const url = `http://evil.test:${await listen(evil)}`
  const escapes = []
  try {
    await visit(env, async (page) => {
      page.on('dialog', (dialog) => { escapes.push(`dialog ${dialog.message()}`); dialog.dismiss() })
      page.context().on('page', (popup) => escapes.push(`window ${popup.url()}`))
      page.on('framenavigated', (frame) => { if (frame.url().startsWith(url)) escapes.push(`navigation to ${frame.url()}`) })
      await test({ page, playhead, evil: url })
      await pause(1500) // for slow attempts: images, refreshes, timers
      assert.equal(await page.evaluate(ranAnywhere), false, 'a script ran')
      assert.deepEqual(escapes, [], 'the page let something out')
      assert.deepEqual(reached, [], 'another server was reached')
      assert.ok(page.url().startsWith(playhead.url), `the page went to ${page.url()}`)
    })
  } finally {
    evil.closeAllConnections()
    evil.close()
  }
}

/** In the page: whether a payload marked it or any frame in it. */
export function ranAnywhere() {
  const marked = (view) => {
    try {
      return view.__pwned === true || [...Array(view.length).keys()].some((i) => marked(view[i]))
    } catch {
      return false // a frame of another origin cannot be read, and cannot have been marked by our page
    }
  }
  return marked(window)
}
