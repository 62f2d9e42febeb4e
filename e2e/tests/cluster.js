// What only several nodes can get wrong: each request goes to another node, nodes may differ, and storages may be unavailable.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { password, servedBy } from '../lib/cluster.js'
import { capture, read, root } from '../lib/playhead.js'
import { counting, generation } from '../lib/recording.js'
import { eventually, picture, screen, visit } from '../lib/ui.js'
import { openWire } from '../lib/wire.js'

/** Must run alone, because requests of other tests would also take turns. */
export const inTurn = (env) => it('sends every request to another node, and each shows what any other took', { timeout: 60_000 }, () => takeTurns(env))

export function apart(env) {
  describe('its nodes and storages', { concurrency: 1 }, () => { // one after the other, because a node is listed for half a minute after its end
    it('know of who signed in with one', { timeout: 120_000 }, () => signIn(env))
    it('give a page although one that is asked for a part of it runs another version', { timeout: 60_000 }, () => upgrading(env))
    it('show one that has other settings and another version', { timeout: 180_000 }, () => different(env))
    it('say which storage is away, try again, and recover', { timeout: 180_000 }, () => outage(env))
  })
}

/** Must run last. */
export const everyNode = (env) => it('had every node take events and recordings, answer the API and serve the UI', { timeout: 30_000 }, () => account(env))

async function takeTurns({ playhead }) {
  const trace = randomUUID()
  const nodes = []
  for (let i = 1; i <= 2 * playhead.nodes.length; i++) {
    nodes.push(await capture(playhead, [generation(Date.now(), { trace, input: `Turn ${i}?`, output: 'Yours.' })]))
    const answer = await read(playhead, `/api/traces/${trace}`)
    nodes.push(answer)
    assert.equal((await answer.json()).nodes?.length, i, 'what was acknowledged is there, whoever is asked')
  }
  const by = nodes.map((answer) => answer.headers.get(servedBy))
  assert.ok(by.every((node, i) => i === 0 || node !== by[i - 1]), `the same node twice in a row: ${by}`)
  assert.equal(new Set(by).size, playhead.nodes.length, `not all of them: ${by}`)
}

async function signIn({ browser, playhead }) {
  await visit({ browser }, async (page) => {
    const answers = []
    page.on('response', (response) => {
      if (response.url().startsWith(playhead.url)) answers.push({ status: response.status(), path: new URL(response.url()).pathname, node: response.headers()[servedBy] })
    })
    await page.goto(`${playhead.url}/traces?since=1h`)
    await page.waitForURL('**/login?next=*')
    await page.locator('input[type=password]').fill('wrong horse')
    await page.keyboard.press('Enter')
    await page.getByText('This is not the password').waitFor()
    await page.locator('input[type=password]').fill(password)
    await page.keyboard.press('Enter')
    await page.waitForURL('**/traces?since=1h') // the page that was requested before
    answers.length = 0
    const nodes = (test) => new Set(answers.filter(({ path }) => test(path)).map(({ node }) => node)).size
    await eventually('every node served the UI and answered its questions', async () => {
      for (const path of ['/traces', '/sessions', '/status']) {
        await Promise.all([page.waitForResponse((response) => response.url().startsWith(`${playhead.url}/api/`)), page.goto(playhead.url + path)])
      }
      return nodes((path) => path.startsWith('/api/')) === playhead.nodes.length && nodes((path) => /^\/(traces|sessions|status)$/.test(path)) === playhead.nodes.length
    })
    assert.deepEqual(answers.filter(({ status }) => status >= 300 && status !== 304), [], 'they stay signed in')
    await page.getByTestId('sign-out').click()
    await page.locator('input[type=password]').waitFor()
    await page.goto(`${playhead.url}/traces`)
    await page.waitForURL('**/login?next=*') // on every node
  })
}

/** The first requests for scripts and styles go to a node that has other versions of them. */
async function upgrading(env) {
  await visit(env, async (page) => {
    let asked = 0
    await page.route(/\/assets\/.*\.(js|css)$/, (route) => asked++ > 2 ? route.continue() : route.fulfill({ status: 404, body: 'no such file; reload the page' }))
    await page.goto(`${env.playhead.url}/traces`)
    await page.getByTestId('filter-q').waitFor()
    assert.ok(asked > 3, 'parts were missing')
  })
}

/** One more node with another version and another setting starts and is reported. After it has stopped, it is not reported any more. */
async function different(env) {
  const folder = await mkdtemp(join(tmpdir(), 'playhead-other-'))
  try {
    const bin = join(folder, 'playhead')
    await promisify(execFile)('go', ['build', '-o', bin, '-ldflags', '-X github.com/playheadhq/playhead/internal/cli.version=99.0', './cmd/playhead'], { cwd: root })
    await visit(env, async (page) => {
      await page.goto(`${env.playhead.url}/status`)
      await eventually('all nodes are listed', async () => await page.getByTestId('node-row').count() === env.playhead.nodes.length)
      await page.locator('[data-testid=verdict][data-state=well]').waitFor()

      const odd = await env.playhead.startNode({ bin, more: ['--limits-max-event', '1MiB'] })
      const row = page.getByTestId('node-row').filter({ hasText: `:${odd.port}` })
      try {
        const warning = (kind) => page.locator(`[data-testid=warning][data-kind=${kind}]`)
        await warning('version').filter({ hasText: '99.0' }).waitFor({ timeout: 30_000 })
        await warning('settings').filter({ hasText: 'limits.max_event' }).waitFor()
        await row.getByText('99.0').waitFor()
        await row.getByText('differ').waitFor()
        await page.getByTestId('status-dot').waitFor()
        for (let i = 0; i < 2 * env.playhead.nodes.length; i++) { // every node names the same node
          const { warnings } = await (await read(env.playhead, '/api/status')).json()
          assert.ok(warnings.every((w) => w.detail.includes(`:${odd.port}`)), JSON.stringify(warnings))
        }
      } finally {
        await odd.stop()
      }
      await page.locator('[data-testid=verdict][data-state=well]').waitFor({ timeout: 60_000 })
      assert.equal(await row.getAttribute('data-gone'), 'true')
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** A node's connection to a storage is cut and restored while somebody looks at its pages. */
async function outage(env) {
  const { playhead } = env
  const [session, window, at] = [randomUUID(), randomUUID(), Date.now() - 60_000]
  await capture(playhead, [counting(session, window, at)], '/s/')
  const first = new URL(playhead.store.replace(/,[^/]*/, '')) // the connection to the other shard would still work
  const s3 = new URL(playhead.s3)
  const s3Endpoint = new URL(s3.searchParams.get('endpoint'))
  const wires = { store: await openWire(first.hostname, first.port), blocks: await openWire(s3Endpoint.hostname, s3Endpoint.port) }
  first.host = wires.store.address
  s3Endpoint.host = wires.blocks.address
  s3.searchParams.set('endpoint', s3Endpoint.origin)
  const node = await playhead.startNode({ through: { store: first.href, s3: s3.href } })
  try {
    await visit(env, async (page) => {
      const away = (part) => page.locator(`[data-testid=outage][data-part=${part}]`)
      const replay = `${node.url}/sessions/${session}?t=${at + 10_500}`
      await page.goto(replay)
      await picture(page)

      wires.blocks.cut()
      await page.goto(replay)
      await page.getByTestId('problem').waitFor()
      await away('blocks').waitFor()
      wires.blocks.mend()
      await picture(page) // without a reload
      assert.equal(await screen(page), 'second 10')
      await away('blocks').waitFor({ state: 'detached' })

      await page.goto(`${node.url}/traces`)
      await page.getByTestId('trace-row').first().waitFor()
      wires.store.cut()
      await page.getByTestId('filter-q').fill('anything')
      await page.getByTestId('problem').waitFor()
      await away('store').filter({ hasText: 'ClickHouse' }).waitFor()
      assert.equal(await page.getByTestId('trace-row').count(), 0, 'no rows that answer another question')
      await page.getByTestId('filter-q').fill('')
      await page.getByTestId('problem').waitFor()
      wires.store.mend()
      await page.getByTestId('trace-row').first().waitFor({ timeout: 45_000 })
      await away('store').waitFor({ state: 'detached' })
    })
  } finally {
    await node.stop()
    Object.values(wires).forEach((wire) => wire.close())
  }
}

/** By its metrics, each node answered a part of what the browsers, the SDKs and the UI requested from the balancer. */
async function account({ playhead }) {
  const kinds = { events: /^POST \/(batch|e|i\/v0\/e)\b/, recordings: /^POST \/s\b/, API: /^GET \/api\//, UI: /^GET \/$/ }
  for (const url of playhead.nodes) {
    const answer = await fetch(`${url}/metrics`, { headers: playhead.headers })
    assert.equal(answer.status, 200)
    const counted = (await answer.text()).matchAll(/^playhead_http_requests_total\{code="200",method="(\w+)",route="(?:\w+ )?([^"]*)"\} (\d+)/gm)
    const routes = [...counted].map(([, method, route, n]) => [`${method} ${route}`, Number(n)])
    for (const [kind, pattern] of Object.entries(kinds)) {
      assert.ok(routes.some(([route, n]) => pattern.test(route) && n > 0), `${url} served no ${kind}: ${JSON.stringify(routes)}`)
    }
  }
}
