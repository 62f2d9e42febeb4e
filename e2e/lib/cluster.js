// Three nodes over two ClickHouse shards and an S3 server, behind a load balancer that sends every request to the next node:
// the Go command internal/clustertest/cluster. Scenarios use it like a single server, and know only the balancer's address.
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { addresses, root } from './playhead.js'
import { start } from './processes.js'

/** The UI of a cluster asks for a sign-in. All nodes share this password, and also the key that signs cookies. */
export const password = 'correct horse battery staple'
const shared = [`PLAYHEAD_PASSWORD=${password}`, 'PLAYHEAD_COOKIE_KEY=of-the-browser-tests-0123456789abcdef0123456789']

/** The header in which the balancer says which node an answer comes from. */
export const servedBy = 'x-served-by'

export async function startCluster({ path }) {
  const dir = await mkdtemp(join(tmpdir(), 'playhead-cluster-'))
  const command = join(dir, 'cluster')
  await promisify(execFile)('go', ['build', '-o', command, './internal/clustertest/cluster'], { cwd: root })
  const program = await start(command, ['-bin', path, '-dir', join(dir, 'data'), ...shared.flatMap((one) => ['-env', one])], {
    ready: /^\{"url".*\}$/m, within: 120_000, tied: true, patience: 30_000,
  })
  const { url, token, nodes, store, s3, env } = JSON.parse(program.match[0])
  return {
    program,
    ...addresses(url),
    token,
    headers: { authorization: `Basic ${Buffer.from(`:${password}`).toString('base64')}` },
    /** Signs a browser's context in. Another scenario signs in with the form. */
    async enter(context) {
      const answer = await context.request.post(`${url}/login`, { form: { password } })
      if (!answer.ok()) throw new Error(`signing in was answered with ${answer.status()}`)
    },
    /** The nodes' own addresses, only for inspection: all traffic goes through the balancer. */
    nodes,
    store,
    s3,
    /** Starts one more node, which the balancer does not know. `through` has other addresses of its storages, `more` has more flags. */
    startNode: ({ bin = path, through = {}, more = [] } = {}) => startNode(bin, { store, s3, token, env, ...through }, more),
    async stop() {
      const code = await program.stop()
      await rm(dir, { recursive: true, force: true })
      return code
    },
  }
}

async function startNode(bin, { store, s3, token, env }, more) {
  const program = await start(bin, ['serve', '--listen', '127.0.0.1:0', '--store', store, '--blocks', s3, '--token', token, ...more], {
    env: Object.fromEntries(env.map((one) => one.split(/=(.*)/s))), ready: /http:\/\/127\.0\.0\.1:(\d+)/,
  })
  return { port: Number(program.match[1]), url: program.match[0], stop: () => program.stop() }
}
