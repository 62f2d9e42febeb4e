// The server under test.
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { start } from './processes.js'

export const root = join(import.meta.dirname, '..', '..')
export const token = 'phc_e2e'

/** The binary: PLAYHEAD_BIN, or built here into a folder that is removed with `remove`. */
export async function binary() {
  if (process.env.PLAYHEAD_BIN) return { path: process.env.PLAYHEAD_BIN, remove: async () => {} }
  const folder = await mkdtemp(join(tmpdir(), 'playhead-bin-'))
  const path = join(folder, 'playhead')
  await promisify(execFile)('go', ['build', '-o', path, './cmd/playhead'], { cwd: root })
  return { path, remove: () => rm(folder, { recursive: true, force: true }) }
}

/** Starts `playhead serve` on a free port with a data directory of its own. */
export async function startPlayhead(path, more = []) {
  const data = await mkdtemp(join(tmpdir(), 'playhead-data-'))
  const program = await start(path, ['serve', '--listen', '127.0.0.1:0', '--data', data, '--token', token, ...more], {
    ready: /http:\/\/127\.0\.0\.1:(\d+)/,
  })
  const port = Number(program.match[1])
  return {
    program,
    port,
    url: `http://127.0.0.1:${port}`, // the UI's origin
    captureURL: `http://playhead.test:${port}`, // what clients are told
    async stop() {
      const code = await program.stop()
      await rm(data, { recursive: true, force: true })
      return code
    },
  }
}

/** Sends events as a server SDK does. */
export async function capture(playhead, events, path = '/batch/') {
  const body = path === '/s/' ? events : { api_key: token, batch: events, sent_at: new Date().toISOString() }
  const response = await fetch(playhead.url + path, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body),
  })
  if (response.status !== 200) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
}
