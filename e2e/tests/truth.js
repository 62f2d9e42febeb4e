// What Playhead says a user saw and did, compared with what the browser itself recorded: see ../truth. A few scenarios and the facts that must hold for each;
// `make truth` plays all of them.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { read } from '../lib/playhead.js'
import { compared } from '../truth/measure.js'
import { startStage } from '../truth/run.js'
import { scenarios } from '../truth/scenarios.js'

const chosen = ['leaves-waiting', 'stalls', 'slow-words', 'fast', 'code', 'mixed-react', 'typewriter', 'components', 'second-tab', 'socket-no-ids', 'browser-hour-back', 'backend-hour-ahead', 'masked', 'stops', 'copies-by-button', 'same-question-twice', 'thumbs-of-two', 'probe', 'tools-followed']

/** How many scenarios are played at the same time. With all of them at once on two cores, each takes 70 s of its 120, and the whole test 80 s instead of 90. */
const atOnce = 6

/** How wrong a time may be for which Playhead does not abstain, and a moment when a clock is wrong, ms. */
const worst = 500

export function truth(env) {
  describe('what users saw and did', { concurrency: atOnce }, () => {
    let stage
    const played = chosen.map((name) => scenarios.find((s) => s.name === name))
    before(async () => { stage = await startStage(env, played) })
    after(() => stage?.stop())
    for (const scenario of played) {
      it(scenario.name, { timeout: 120_000 }, async () => {
        const patience = scenario.name.startsWith('leaves')
        const users = await stage.play(scenario)
        for (const row of await compared(env.playhead, users, patience)) check(row, patience)
        if (scenario.name === 'stalls') await streamed(env.playhead, users[0])
      })
    }
  })
}

/** The request of a streamed answer is one row, from its first byte to its last, and leads to its AI call. */
async function streamed(playhead, { session }) {
  const [{ generations }, { activity }] = await Promise.all(['', '/activity?kinds=request'].map(async (of) => (await read(playhead, `/api/sessions/${session}${of}`)).json()))
  const matched = activity.filter((row) => row.generation_id)
  assert.deepEqual(matched.map((row) => [row.label, row.generation_id, row.trace_id]), [['/stream', generations[0].id, generations[0].trace_id]])
  const [{ at_ms: at, first_byte_ms: first, end_ms: end, detail }] = matched
  assert.ok(at <= first && end - first > 2000, `${at}, ${first}, ${end}`)
  assert.match(detail, /, first byte after \d+ ms$/)
}

function check(row, patience) {
  const said = JSON.stringify(row.said, null, 1)
  assert.deepEqual(row.problems, [], 'the scenario did what it says')
  assert.equal(row.link.outcome, 'right', `the session: ${said}`)
  assert.notEqual(row.link.window, false, `the window: ${said}`)
  if (row.skewed) assert.ok(Math.abs(row.link.momentMs) <= worst, `the moment is ${row.link.momentMs} ms off`)
  assert.ok(row.seen?.right, `the answer is ${row.truth.state}: ${said}`)
  for (const [name, error] of Object.entries(row.seen.errors)) {
    assert.ok(error === null || Math.abs(error) <= worst, `${name} is ${error} off: ${said}`)
  }
  const { waitMs, smoothness, stalls, node } = row.seen
  assert.ok(Math.abs(waitMs ?? 0) <= worst && Math.abs(smoothness ?? 0) <= 0.05, `the wait is ${waitMs} ms off, the smoothness ${smoothness}: ${said}`)
  assert.deepEqual([stalls?.missed ?? 0, stalls?.invented ?? 0], [0, 0], `stalls missed and invented: ${said}`)
  assert.equal(node ?? 'right', 'right', `the element that showed the answer: ${said}`)
  if (row.probe) assert.ok(Math.abs(row.seen.share) <= 0.02, `the share is ${row.seen.share} off: ${said}`)
  // Playhead knows only half a minute later that somebody left. Only scenarios with patience wait that long.
  const missed = row.signals.missed.filter((kind) => patience || kind !== 'left')
  assert.deepEqual([missed, row.signals.invented], [[], []], `signals missed and invented: ${said}`)
}
