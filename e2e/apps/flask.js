// Starts the documentation's Python backend.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { start } from '../lib/processes.js'

const python = join(import.meta.dirname, '..', '.venv', 'bin', 'python')

export async function startFlask({ option, host, token, openAI, userId }) {
  if (!existsSync(python)) throw new Error(`No Python venv at ${python}: run make e2e/.venv/installed`)
  const program = await start(python, [join(import.meta.dirname, 'flask_app.py'), option], {
    env: {
      HOST: host, TOKEN: token, OPENAI: openAI, POSTHOG_JS: dirname(fileURLToPath(import.meta.resolve('posthog-js'))),
      ...(userId && { USER_ID: userId }),
    },
    ready: /listening on (\d+)/,
  })
  return { port: Number(program.match[1]), stop: () => program.stop() }
}
