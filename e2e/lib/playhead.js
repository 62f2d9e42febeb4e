// A single server to test, and functions for any Playhead: see cluster.js for the other kind.
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { start } from './processes.js'

export const root = join(import.meta.dirname, '..', '..')
const token = 'phc_e2e'

/** The binary: PLAYHEAD_BIN, or a build in a temporary folder. `remove` removes that folder. */
export async function binary() {
  if (process.env.PLAYHEAD_BIN) return { path: process.env.PLAYHEAD_BIN, remove: async () => {} }
  const folder = await mkdtemp(join(tmpdir(), 'playhead-bin-'))
  const path = join(folder, 'playhead')
  await promisify(execFile)('go', ['build', '-o', path, './cmd/playhead'], { cwd: root })
  return { path, remove: () => rm(folder, { recursive: true, force: true }) }
}

/**
 * Starts `playhead serve` on a free port with its own data directory. The result is all that scenarios know of a Playhead:
 * the address of its UI and API (`url`), the address for clients in browsers (`captureURL`), the project's `token`, the `headers` that
 * programs need to read, and how a browser's context signs in (`enter`).
 */
export async function startServer({ path }, more = []) {
  const data = await mkdtemp(join(tmpdir(), 'playhead-data-'))
  const program = await start(path, ['serve', '--listen', '127.0.0.1:0', '--data', data, '--token', token, ...more], {
    ready: /http:\/\/127\.0\.0\.1:(\d+)/,
  })
  const port = Number(program.match[1])
  return {
    program,
    data,
    ...addresses(`http://127.0.0.1:${port}`),
    token,
    headers: {},
    async enter() {}, // no sign-in is needed on this machine
    async stop() {
      const code = await program.stop()
      await rm(data, { recursive: true, force: true })
      return code
    },
  }
}

/** The UI's origin, and the same origin with the host name that clients in browsers use. */
export const addresses = (url) => ({ url, captureURL: url.replace('127.0.0.1', 'playhead.test') })

/** Reads from the API as a program does. */
export const read = (playhead, path) => fetch(playhead.url + path, { headers: playhead.headers })

/** Sends events as a server SDK does, or a recording as a browser's. Returns the answer. */
export async function capture(playhead, events, path = '/batch/') {
  const { token } = playhead
  const body = path === '/s/'
    ? events.map((event) => ({ ...event, properties: { ...event.properties, token } }))
    : { api_key: token, batch: events, sent_at: new Date().toISOString() }
  const response = await fetch(playhead.url + path, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body),
  })
  const said = await response.text()
  if (response.status !== 200) throw new Error(`${path} answered ${response.status}: ${said}`)
  return response
}
