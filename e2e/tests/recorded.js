// The player and the API show what the recorded page showed: pages capture themselves while published versions of posthog-js record them.
// PLAYHEAD_LONG=1 plays a minute of 5,000 mutations a second, captures ten moments of each part, and seeks a hundred times.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { read } from '../lib/playhead.js'
import { picture, playerTime, visit } from '../lib/ui.js'
import { asAPI, outline, outlineOf } from '../recorded/outline.js'
import { record, versions } from '../recorded/record.js'

const long = Boolean(process.env.PLAYHEAD_LONG)
const scale = long ? { times: 30, moments: 10, seeks: 100 } : { times: 1, moments: 2, seeks: 16 }

export function recorded(env) {
  describe('a recorded page is shown as it was', { concurrency: long ? 1 : 3 }, () => {
    for (const version of versions) {
      it(`by ${version}`, { timeout: long ? 900_000 : 180_000 }, () => visit(env, (page) => compare(page, env, version)))
    }
  })
}

// With thousands of changes a second, what 1.240 records is not always what the page was. The API and the player must then still agree.
async function compare(page, env, version) {
  const { session, moments } = await record(env, version, scale)
  assert.equal(moments.length, 6 * scale.moments, 'each part captured itself')
  for (const { window, part, at, rows } of moments) {
    assert.ok(rows.length > 5, 'the page has elements')
    const api = await fromAPI(env, session, window, at)
    const lossy = version === 'posthog-js-1.240' && part === 'churn'
    if (!lossy) same(`the API, ${part}`, api, asAPI(rows))
    await page.goto(`${env.playhead.url}/sessions/${session}?t=${at}&window=${window}`)
    await picture(page)
    if (lossy) same(`the player, ${part}`, asAPI(await shown(page)), api)
    else same(`the player, ${part}`, await shown(page), rows)
    assert.equal(await page.getByTestId('unplayable').count(), 0, 'events that could not be played')
  }
  await seeking(page, env, session)
}

/** Seeks back and forth. The player shows what the API has, and memory does not grow. */
async function seeking(page, env, session) {
  const lane = await page.getByTestId('lane-activity').boundingBox()
  const cdp = await page.context().newCDPSession(page)
  const tab = page.getByTestId('window-switch')
  const used = []
  const seek = async (share) => {
    await page.mouse.click(lane.x + lane.width * share, lane.y + lane.height / 2)
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
    await picture(page)
  }
  for (let i = 1; i <= scale.seeks; i++) {
    const measured = i % (scale.seeks / 2) === 0 // at the same instant and in the same tab each time
    if (measured) await tab.selectOption({ index: 1 })
    await seek(measured ? 0.5 : (i * 0.381966) % 1) // the golden section: positions everywhere, each far from the one before
    const window = await page.getByTestId('player').getAttribute('data-window')
    same(`seek ${i}`, asAPI(await shown(page)), await fromAPI(env, session, window, await playerTime(page)))
    if (!measured) continue
    used.push(await memory(cdp))
    await tab.selectOption('') // the player follows the person again
  }
  const [half, all] = used
  assert.ok(all.documents <= half.documents + 2, `documents: ${half.documents}, then ${all.documents}`)
  assert.ok(all.nodes <= 1.2 * half.nodes + 1000, `nodes: ${half.nodes}, then ${all.nodes}`)
  assert.ok(all.bytes <= 1.1 * half.bytes + 2e6, `bytes of scripts: ${half.bytes}, then ${all.bytes}`)
}

/** What a page and its frames keep in memory after garbage collection. */
async function memory(cdp) {
  await cdp.send('HeapProfiler.collectGarbage')
  const [{ documents, nodes }, { usedSize }] = [await cdp.send('Memory.getDOMCounters'), await cdp.send('Runtime.getHeapUsage')]
  return { documents, nodes, bytes: usedSize }
}

const shown = (page) => page.evaluate((capture) => new Function(`return ${capture}`)()(document.querySelector('[data-testid=player-screen]').contentDocument.querySelector('iframe').contentDocument), outline.toString())

async function fromAPI({ playhead }, session, window, at) {
  const dom = await (await read(playhead, `/api/sessions/${session}/dom?window=${window}&t=${at}`)).json()
  assert.equal(dom.truncated, false)
  return outlineOf(dom.nodes)
}

/** Fails with the first row that differs and the rows around it. */
function same(what, got, want) {
  let at = 0
  while (at < want.length && JSON.stringify(want[at]) === JSON.stringify(got[at])) at++
  const around = (rows) => rows.slice(Math.max(0, at - 2), at + 3)
  assert.deepEqual(around(got), around(want), `${what}: row ${at} of ${want.length}, and ${got.length} were found`)
}
