// Two projects on one server: after one is chosen on the page, all links keep it.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { it } from 'node:test'
import { startExpress } from '../apps/express.js'
import { startFlask } from '../apps/flask.js'
import { answerTo } from '../lib/openai.js'
import { capture, read, startServer } from '../lib/playhead.js'
import { generation } from '../lib/recording.js'
import { eventually, visit } from '../lib/ui.js'

export function projects(env) {
  it('a project that is chosen stays chosen', { timeout: 120_000 }, async () => {
    const playhead = await startServer(env.binary, ['--projects', '[{name: help-desk, tokens: [phc_help]}]'])
    try {
      const trace = randomUUID() // both projects have a trace with this id
      await capture(playhead, [generation(Date.now(), { trace, input: 'Asked in the shop', output: 'Yes.' })])
      await capture({ ...playhead, token: 'phc_help' }, [generation(Date.now(), { trace, input: 'Asked at the help desk', output: 'No.' })])
      await visit({ ...env, playhead }, (page) => choosing(page, playhead, trace))
    } finally {
      await playhead.stop()
    }
  })

  it('what an SDK sends is in the project of its token, and in no other', { timeout: 120_000 }, () => apart(env))
}

const shop = { project: 'default', start: startExpress, question: 'How do I pay, case shop?' }
const desk = { project: 'help-desk', start: startFlask, question: 'How do I complain, case desk?' }

/** Two backends, one with each SDK, whose users and sessions have the same ids. */
async function apart(env) {
  const playhead = await startServer(env.binary, ['--projects', '[{name: help-desk, tokens: [phc_help]}]'])
  const session = randomUUID()
  const backends = []
  try {
    for (const { project, start, question } of [shop, desk]) {
      const token = project === 'default' ? playhead.token : 'phc_help'
      const backend = await start({ option: 'header', userId: 'user-1', host: playhead.url, token, openAI: env.openAI.url })
      backends.push(backend)
      const answer = await fetch(`http://127.0.0.1:${backend.port}/api/chat`, {
        method: 'POST', headers: { 'content-type': 'application/json', 'x-posthog-session-id': session }, body: JSON.stringify({ message: question }),
      })
      assert.equal((await answer.json()).response, answerTo(question))
    }
    const found = {}
    for (const { project, question } of [shop, desk]) {
      await eventually(`the event of ${project}`, async () => (await ask(playhead, project, '/api/generations')).items.length > 0)
      found[project] = (await ask(playhead, project, '/api/generations?count=true&person=user-1')).items[0]
      assert.equal(found[project].input_preview, question)
    }
    for (const [own, other] of [[shop, desk], [desk, shop]]) await sees(playhead, session, own, other, found)
  } finally {
    for (const backend of backends) await backend.stop()
    await playhead.stop()
  }
}

/** Everything that a project shows is its own. */
async function sees(playhead, session, own, other, found) {
  const of = (path) => ask(playhead, own.project, path)
  for (const path of ['/api/generations', '/api/traces', '/api/sessions']) {
    for (const narrowed of ['?', '?person=user-1&', `?session_id=${session}&`]) assert.equal((await of(`${path}${narrowed}count=true`)).total, 1, `${path}${narrowed}`)
  }
  for (const path of ['/api/generations', '/api/traces']) {
    assert.equal((await of(`${path}?q=${encodeURIComponent(`"${own.question}"`)}`)).items.length, 1)
    assert.equal((await of(`${path}?q=${encodeURIComponent(`"${other.question}"`)}`)).items.length, 0)
    assert.equal((await of(`${path}?q=${encodeURIComponent(`"${answerTo(other.question)}"`)}`)).items.length, 0)
  }
  assert.deepEqual((await of('/api/aggregate?of=generations&measure=count,uniq(person)')).rows, [[1, 1]])
  assert.deepEqual((await of('/api/facets?of=generations&fields=library')).facets[0].values.map(({ count }) => count), [1])
  assert.deepEqual((await of(`/api/sessions/${session}`)).generations.map(({ id }) => id), [found[own.project].id])
  for (const path of [`/api/generations/${found[other.project].id}`, `/api/traces/${found[other.project].trace_id}`]) {
    assert.equal((await read(playhead, `${path}?project=${own.project}`)).status, 404, path)
  }
}

async function ask(playhead, project, path) {
  const response = await read(playhead, `${path}${path.includes('?') ? '&' : '?'}project=${project}`)
  const said = await response.json()
  assert.equal(response.status, 200, JSON.stringify(said))
  return said
}

async function choosing(page, playhead, trace) {
  const row = page.getByTestId('trace-row')
  await page.goto(`${playhead.url}/traces?q=asked`)
  await row.filter({ hasText: 'shop' }).waitFor()
  await page.getByTestId('project').selectOption('help-desk')
  await row.filter({ hasText: 'help desk' }).waitFor()
  assert.equal(await row.count(), 1)
  await page.locator('[data-testid=histogram][data-total="1"]').waitFor()

  await row.click()
  await page.waitForURL(`**/traces/${trace}?project=help-desk`)
  await page.getByTestId('message').filter({ hasText: 'help desk' }).waitFor()
  for (const link of await page.locator('header a[href^="/"]').all()) assert.match(await link.getAttribute('href'), /\?project=help-desk(&|$)/)
  await page.keyboard.press('g')
  await page.keyboard.press('l')
  await page.getByTestId('generation-row').filter({ hasText: 'help desk' }).waitFor()
  await page.goBack()
  await page.goBack()
  await row.filter({ hasText: 'help desk' }).waitFor()
  await page.goBack()
  await eventually('back in the first project', async () => !new URL(page.url()).searchParams.has('project') && await row.filter({ hasText: 'shop' }).count() === 1)
}
