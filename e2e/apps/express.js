// The documentation's JavaScript backend: https://posthog.com/docs/ai-engineering/link-session-replay with only the host changed.
import { OpenAI } from '@posthog/ai/openai'
import express from 'express'
import { createServer } from 'node:http'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PostHog } from 'posthog-node'
import { listen } from '../lib/listen.js'

const posthogJS = dirname(fileURLToPath(import.meta.resolve('posthog-js'))) // the published dist folder

/** Each backend is one of the documentation's options, or another setup that people use. */
export const options = {
  /** Option 1: the session id comes in a header. */
  header: (app, openai) => app.post('/api/chat', async (req, res) => {
    const sessionId = req.headers['x-posthog-session-id']
    const response = await openai.responses.create({
      model: 'gpt-5',
      input: [{ role: 'user', content: req.body.message }],
      posthogDistinctId: req.userId,
      posthogProperties: {
        $session_id: sessionId, // Links to session replay
      },
    })
    res.json({ response: response.output_text })
  }),

  /** Option 2: the session id comes in the body. */
  body: (app, openai) => app.post('/api/chat', async (req, res) => {
    const { message, sessionId } = req.body
    const response = await openai.responses.create({
      model: 'gpt-5',
      input: [{ role: 'user', content: message }],
      posthogDistinctId: req.userId,
      posthogProperties: {
        $session_id: sessionId, // Links to session replay
      },
    })
    res.json({ response: response.output_text })
  }),

  /** Option 1, copied exactly: it sends messages to the Responses API and reads choices. OpenAI's own API supports neither. */
  verbatim: (app, openai) => app.post('/api/chat', async (req, res) => {
    const sessionId = req.headers['x-posthog-session-id']
    const response = await openai.responses.create({
      model: 'gpt-5',
      messages: [{ role: 'user', content: req.body.message }],
      posthogDistinctId: req.userId,
      posthogProperties: {
        $session_id: sessionId, // Links to session replay
      },
    })
    res.json({ response: response.choices[0].message.content })
  }),

  /** No id at all: the application only wraps the client. */
  nothing: (app, openai) => app.post('/api/chat', async (req, res) => {
    const response = await openai.responses.create({ model: 'gpt-5', input: [{ role: 'user', content: req.body.message }] })
    res.json({ response: response.output_text })
  }),

  /** Option 1 with chat completions, streamed to the page. */
  streamed: (app, openai) => app.post('/api/chat', async (req, res) => {
    const stream = await openai.chat.completions.create({
      model: 'gpt-5-mini',
      stream: true,
      stream_options: { include_usage: true },
      messages: [{ role: 'user', content: req.body.message }],
      posthogDistinctId: req.userId,
      posthogProperties: { $session_id: req.headers['x-posthog-session-id'] },
    })
    res.type('text/plain')
    for await (const chunk of stream) res.write(chunk.choices[0]?.delta.content ?? '')
    res.end()
  }),
}

/** Starts a backend for one option. It also serves the pages, for scenarios in which the page and the backend have the same origin. */
export async function startExpress({ option, host, token, openAI, userId }) {
  const phClient = new PostHog(token, { host })
  const openai = new OpenAI({ apiKey: 'sk-test', baseURL: openAI, posthog: phClient })
  const app = express()
  app.use((req, res, next) => { // what cross-origin requests with tracing headers need
    res.set({ 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Headers': '*' })
    if (req.method === 'OPTIONS') return res.sendStatus(204)
    req.userId = userId // stands in for the application's own sign-in
    next()
  })
  app.use(express.json(), express.static(join(import.meta.dirname, 'pages')))
  app.use('/npm/posthog-js', express.static(posthogJS))
  options[option](app, openai)
  const server = createServer(app)
  const port = await listen(server)
  return {
    port,
    async stop() {
      server.closeAllConnections()
      server.close()
      await phClient.shutdown()
    },
  }
}
