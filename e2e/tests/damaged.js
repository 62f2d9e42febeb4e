// Recordings that no recorder makes are played as far as possible, and the player says how many events were not played.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, it } from 'node:test'
import { capture } from '../lib/playhead.js'
import { element, firstPicture, mouse, mutation, snapshot } from '../lib/recording.js'
import { eventually, picture, play, playerTime, screen, visit } from '../lib/ui.js'

export function damaged(env) {
  describe('a damaged recording is played as far as it goes', () => {
    it('with events that are none', { timeout: 90_000 }, () => visit(env, (page) => broken(env, page)))
    it('with a style sheet of half a million rules', { timeout: 90_000 }, () => visit(env, (page) => styled(env, page)))
  })
}

async function broken({ playhead }, page) {
  const [session, window] = [`damaged-${randomUUID()}`, randomUUID()]
  const at = Date.now() - 60_000
  const count = element('p', {}, 'second 0')
  const body = element('body', {}, element('h1', {}, 'An honest heading'), count, deep(800))
  const say = (second) => mutation(at + second * 1000, { texts: [{ id: count.childNodes[0].id, value: `second ${second}` }] })
  const incremental = (data, ms = 1500) => ({ type: 3, data, timestamp: at + ms })
  const damage = [
    ...[0, 2, 3, 4, 5, 6].map((type) => ({ type, data: null, timestamp: at + 1100 })),
    { type: 2, data: { node: null }, timestamp: at + 1150 },
    { type: 99, data: {}, timestamp: at + 1200 },
    { type: 3, data: { source: 0 }, timestamp: 'soon' },
    ...[0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 13, 14, 15, 99].map((source) => incremental({ source, id: count.id })),
    incremental({ source: 1, positions: [{ x: 1, y: 1, id: 1, timeOffset: 1e15 }, null] }),
    incremental({ source: 2, type: 77, id: count.id }),
    incremental({ source: 4, width: 0, height: 0 }),
    incremental({ source: 4, width: 1e9, height: 1e9 }),
    { type: 4, data: { href: 'x', width: -1, height: 1e9 }, timestamp: at + 1600 },
    mutation(at + 1700, { adds: [null, { parentId: 987654, nextId: null, node: element('p', {}, 'lost') }, { parentId: body.id, nextId: 987654, node: { ...element('p'), id: -5 } }] }),
    mutation(at + 1710, { adds: [[800001, 800002], [800002, 800001]].map(([parentId, id]) => ({ parentId, nextId: null, node: { ...element('p'), id } })) }),
    mutation(at + 1720, { texts: [{ id: 987654, value: 'lost' }], attributes: [{ id: 987654, attributes: { class: 'x' } }], removes: [{ id: 987654, parentId: 1 }] }),
    mutation(at + 1730, { adds: [{ parentId: body.id, nextId: null, node: { ...element('no such name'), isShadowHost: true } }] }),
    ...chain(body.id, 3000, at + 1740),
  ]
  await capture(playhead, [snapshot(session, window, [...firstPicture(at, [], body), mouse(at + 500, 50, 50), say(1), ...damage, say(2), say(3), mouse(at + 4000, 60, 60)])], '/s/')
  for (const from of [at, at + 3500]) { // by playing, and by seeking
    await page.goto(`${playhead.url}/sessions/${session}?t=${from}`)
    await picture(page)
    assert.match(await screen(page), /An honest heading/)
    await play(page)
    await eventually('the player passes the damage', async () => await playerTime(page) >= at + 3500)
    await eventually('what came after it is shown', async () => /second 3/.test(await screen(page)))
    const note = page.getByTestId('unplayable')
    assert.match(await note.innerText(), /could not be played/)
    assert.ok(Number(await note.getAttribute('data-events')) > 20)
    assert.equal(await page.getByTestId('problem').count(), 0)
  }
}

/** So many rules that code that is quadratic in their number would take minutes. Rules for :hover apply to what is under the recorded mouse. */
async function styled({ playhead }, page) {
  const [session, window] = [`styled-${randomUUID()}`, randomUUID()]
  const at = Date.now() - 60_000
  const under = element('p', {}, 'under the mouse')
  const style = element('style', { _cssText: `p:hover { color: rgb(1, 2, 3) }${'a{}'.repeat(500_000)}` })
  await capture(playhead, [snapshot(session, window, [...firstPicture(at, [style], element('body', {}, under)), { ...mouse(at + 500, 9, 9), data: { source: 1, positions: [{ x: 9, y: 9, id: under.id, timeOffset: 0 }] } }, mouse(at + 900, 9, 9)])], '/s/')
  await page.goto(`${playhead.url}/sessions/${session}?t=${at + 700}`)
  await picture(page)
  assert.match(await screen(page), /under the mouse/)
  const color = await page.evaluate(() => {
    const replayed = document.querySelector('[data-testid=player-screen]').contentDocument.querySelector('iframe').contentDocument
    return getComputedStyle(replayed.querySelector('p')).color
  })
  assert.equal(color, 'rgb(1, 2, 3)', 'what is under the recorded mouse')
}

/** An element so deeply nested that browsers and replayers fail before they reach its end. */
function deep(levels) {
  let inner = element('i', {}, 'at the bottom')
  for (let i = 0; i < levels; i++) inner = element('div', {}, inner)
  return inner
}

/** Events that add elements deeper and deeper inside a parent. */
function chain(parentId, levels, at) {
  const events = []
  for (let i = 0; i < levels; i++) {
    const node = element('div')
    events.push(mutation(at, { adds: [{ parentId, nextId: null, node }] }))
    parentId = node.id
  }
  return events
}
