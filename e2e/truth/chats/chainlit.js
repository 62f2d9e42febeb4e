// Starts Chainlit, as its package ships it: the page, the server and what goes between them are its own. The app sets what Chainlit lets it set: a
// script, which brings posthog-js into the page.
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { listen } from '../../lib/listen.js'
import { start } from '../../lib/processes.js'

const program = join(import.meta.dirname, '.venv', 'bin', 'chainlit')

/** Starts it with a script of the page and the address of its model. */
export async function startChainlit({ script, model }) {
  if (!existsSync(program)) throw new Error(`No Chainlit at ${program}: run make e2e/truth/chats/.venv/installed`)
  const folder = await mkdtemp(join(tmpdir(), 'playhead-chainlit-'))
  await mkdir(join(folder, '.chainlit'))
  await writeFile(join(folder, '.chainlit', 'config.toml'), `[UI]\nname = "Help desk"\ncustom_js = ${JSON.stringify(script)}\n[meta]\ngenerated_by = "2.12.0"\n`)
  const free = createServer() // Chainlit cannot choose a free port
  const port = await listen(free)
  await new Promise((done) => { free.close(done) })
  const server = await start(program, ['run', join(import.meta.dirname, 'chainlit_app.py'), '--headless', '--no-cache', '--host', '127.0.0.1', '--port', String(port)], {
    env: { CHAINLIT_APP_ROOT: folder, MODEL: model }, ready: /app is available at/, within: 120_000,
  })
  return {
    port,
    async stop() {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
