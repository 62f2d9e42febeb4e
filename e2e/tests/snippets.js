// The code that the Setup page gives to paste works: with the packages that it names, a request of a browser becomes a generation that has the browser's session.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { after, before, describe, it } from 'node:test'
import { snippets, startPasted } from '../apps/pasted.js'
import { listen } from '../lib/listen.js'
import { read, startServer } from '../lib/playhead.js'
import { eventually } from '../lib/ui.js'

/** A port that is free now. The snippet for gRPC has a fixed one. */
async function freePort() {
  const server = createServer()
  const port = await listen(server)
  await new Promise((done) => server.close(done))
  return port
}

export function pasted(env) {
  describe('the code of the Setup page', { concurrency: 4 }, () => {
    let server, grpc
    before(async () => {
      grpc = `127.0.0.1:${await freePort()}`
      server = await startServer(env.binary, ['--otlp-grpc', grpc])
    })
    after(() => server?.stop())

    const ids = ['node', 'python', 'go', 'otlp', 'otlp-grpc', 'vercel', 'vercel-6', 'posthog-otel', 'posthog-otel-python', 'langfuse', 'http']
    it('is all tested', async () => assert.deepEqual((await snippets({ host: 'http://127.0.0.1:1', token: 't' }, 'headers')).map((s) => s.id), ids))
    for (const id of ids) {
      for (const option of ['headers', 'body']) {
        it(`${id}, with the session in the ${option}`, { timeout: 180_000 }, async () => {
          const snippet = (await snippets({ host: server.url, token: server.token }, option)).find((s) => s.id === id)
          await links({ ...snippet, code: snippet.code.replaceAll('127.0.0.1:4317', grpc) }, { option, openAI: env.openAI.url, server })
        })
      }
    }
  })
}

async function links(snippet, { option, openAI, server }) {
  const backend = await startPasted(snippet, { option, openAI })
  try {
    const session = randomUUID()
    const response = await fetch(`http://127.0.0.1:${backend.port}/api/chat`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(option === 'headers' && { 'x-posthog-session-id': session, 'x-posthog-distinct-id': 'ada' }) },
      body: JSON.stringify({ message: 'Where is my parcel?', ...(option === 'body' && { sessionId: session }) }),
    })
    assert.equal(response.status, 200, await response.text())
    await response.text().catch(() => {})
    const found = await eventually(`a generation of ${session}`, async () => {
      const { items } = await (await read(server, '/api/generations?limit=500')).json()
      return items.find((g) => g.link.session_id === session)
    })
    assert.equal(found.link.reason, 'no_recording_yet')
    if (snippet.id === 'http') return // it says what was asked itself
    // Messages may be in logs, which arrive apart from the spans.
    const { tokens } = await eventually('its messages', async () => {
      const generation = await (await read(server, `/api/generations/${found.id}`)).json()
      return /Where is my parcel\?.*both vents/s.test(JSON.stringify(generation.content)) && generation
    })
    assert.deepEqual([tokens.input, tokens.output], [21, 12])
  } catch (error) {
    throw new Error(`${error.message}\nThe backend said:\n${backend.program.output}`, { cause: error })
  } finally {
    await backend.stop()
  }
}
