// The chat's backend with a scripted model, in its own worker, so that its clock can differ from the machine's. The texts and times of the model are
// in scenarios.js. It reports its calls to Playhead with PostHog's unmodified SDK for Node, and tells the harness which calls there were.
import { createServer } from 'node:http'
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads'
import { answerOf, pieces, questionOf } from './texts.js'

/** Starts a backend whose clock is `clock` milliseconds ahead. `heard` is called with each model call that it made. */
export async function startBackend({ clock, playhead, token, heard }) {
  const worker = new Worker(new URL(import.meta.url), { workerData: { clock, playhead, token } })
  const port = await new Promise((resolve, reject) => {
    worker.once('error', reject)
    worker.on('message', (message) => (message.port ? resolve(message.port) : message.call && heard(message.call)))
  })
  return {
    port,
    shift: (ms) => worker.postMessage({ shift: ms }),
    /** Makes it call the model by itself, like an agent in the background. */
    background: (request) => worker.postMessage({ background: request }),
    async stop() {
      const ended = new Promise((resolve) => { worker.once('exit', resolve) })
      worker.postMessage({ stop: true })
      await ended
    },
  }
}

if (!isMainThread) await serve(workerData)

async function serve({ clock, playhead, token }) {
  const Real = Date
  let shift = clock
  const now = () => Real.now() + shift
  const real = () => performance.timeOrigin + performance.now() // by a correct clock
  globalThis.Date = new Proxy(Real, { // before the SDK is loaded
    construct: (target, args, as) => Reflect.construct(target, args.length ? args : [now()], as),
    get: (target, name) => (name === 'now' ? now : target[name]),
  })
  const [{ PostHog }, { OpenAI }, { WebSocketServer }, { scenarios }] = await Promise.all([import('posthog-node'), import('@posthog/ai/openai'), import('ws'), import('./scenarios.js')])
  const client = new PostHog(token, { host: playhead, flushAt: 1, flushInterval: 500 })
  const named = new Map(scenarios.map((s) => [s.name, s]))
  let own // this server's address, at which the wrapper finds the model

  const server = createServer(async (request, response) => {
    response.setHeader('Access-Control-Allow-Origin', '*')
    response.setHeader('Access-Control-Allow-Headers', '*')
    response.setHeader('Access-Control-Expose-Headers', 'x-trace')
    response.setHeader('Timing-Allow-Origin', '*') // without it browsers do not say when an answer of another origin began
    if (request.method === 'OPTIONS') return response.writeHead(204).end()
    const { pathname, searchParams } = new URL(request.url, 'http://backend')
    const route = pathname.slice(pathname.lastIndexOf('/')) // a scenario may have its own address before it
    const body = request.method === 'POST' ? JSON.parse(await text(request)) : Object.fromEntries(searchParams)
    if (pathname === '/v1/chat/completions') return model(response, body)
    if (pathname === '/chainlit') { // all that the app knows is the message
      const { name } = scenarios.find((scenario) => scenario.page.view === 'chainlit' && asks(scenario, body.message))
      Object.assign(body, { key: `${name}~1`, serial: asks(named.get(name), body.message), conversation: name })
    }
    if (pathname.includes('/copilotkit')) return copilotKit(response, pathname, request.headers, body)
    const left = new AbortController()
    response.on('close', () => response.writableFinished || left.abort())
    const chat = { ...begin(body, request.headers), left: left.signal }
    if (chat.scenario.backend?.served) response.on('close', served(chat, request.method, pathname))
    response.setHeader('x-trace', chat.trace)
    if (route === '/stream' || route === '/chainlit') {
      response.setHeader('content-type', 'text/plain; charset=utf-8')
      response.flushHeaders()
      await answer(chat, (piece) => response.write(piece))
      return response.end()
    }
    if (route === '/once') {
      let whole = ''
      await answer(chat, (piece) => { whole += piece })
      return response.setHeader('content-type', 'application/json').end(JSON.stringify({ text: whole, trace: chat.trace }))
    }
    if (route === '/events') {
      response.setHeader('content-type', 'text/event-stream')
      response.flushHeaders()
      await answer(chat, (piece) => response.write(`data: ${JSON.stringify(piece)}\n\n`))
      return response.end(`event: end\ndata: ${chat.trace}\n\n`)
    }
    if (route === '/ui') return uiMessages(response, chat)
    response.writeHead(404).end()
  })

  /** The span of a request to this server, with the names that OpenTelemetry's instrumentation of HTTP gives. It is reported when the request ends. */
  function served(chat, method, path) {
    const began = performance.now()
    return () => client.capture({
      distinctId: chat.person ?? chat.trace, event: '$ai_span',
      properties: { $ai_trace_id: chat.trace, $ai_span_id: randomUUID(), $ai_span_name: `${method} ${path}`, $ai_latency: (performance.now() - began) / 1000, 'http.request.method': method, 'url.path': path, ...linked(chat) },
    })
  }

  /** The stream that Vercel's useChat reads. */
  async function uiMessages(response, chat) {
    response.setHeader('content-type', 'text/event-stream')
    response.setHeader('x-vercel-ai-ui-message-stream', 'v1')
    const event = (fields) => response.write(`data: ${JSON.stringify(fields)}\n\n`)
    event({ type: 'start', messageId: chat.trace })
    event({ type: 'text-start', id: 'text' })
    await answer(chat, (delta) => event({ type: 'text-delta', id: 'text', delta }))
    event({ type: 'text-end', id: 'text' })
    event({ type: 'finish' })
    response.end('data: [DONE]\n\n')
  }

  /** What CopilotKit's chat asks its runtime: which agents there are, whether a run goes on, and to run one. The answer is a stream of AG-UI events. */
  async function copilotKit(response, path, headers, { threadId, runId, messages }) {
    const [, key, , , , what] = path.split('/')
    if (path.endsWith('/info')) return response.setHeader('content-type', 'application/json').end(JSON.stringify({ version: '1.74.0', agents: { default: { name: 'default', description: 'Help desk' } }, telemetryDisabled: true }))
    response.setHeader('content-type', 'text/event-stream')
    const event = (type, fields) => response.write(`data: ${JSON.stringify({ type, ...fields })}\n\n`)
    event('RUN_STARTED', { threadId, runId })
    if (what === 'run') {
      const message = messages.findLast((m) => m.role === 'user').content
      const left = new AbortController()
      response.on('close', () => response.writableFinished || left.abort())
      const chat = { ...begin({ key, serial: asks(named.get(key.split('~')[0]), message), conversation: threadId, message }, headers), left: left.signal }
      event('TEXT_MESSAGE_START', { messageId: chat.trace, role: 'assistant' })
      await answer(chat, (delta) => event('TEXT_MESSAGE_CONTENT', { messageId: chat.trace, delta }))
      event('TEXT_MESSAGE_END', { messageId: chat.trace })
    }
    event('RUN_FINISHED', { threadId, runId })
    response.end()
  }

  /** Which ask of a scenario a message is: chats with requests of their own send nothing else that tells. */
  const asks = (scenario, message) => scenario.asks.findIndex((_, i) => questionOf(scenario, i + 1) === message) + 1

  new WebSocketServer({ server }).on('connection', (socket, request) => {
    const left = new AbortController()
    socket.on('close', () => left.abort())
    socket.on('message', async (data) => {
      const chat = { ...begin(JSON.parse(data), request.headers), left: left.signal }
      await answer(chat, (piece) => socket.send(JSON.stringify({ piece })))
      socket.send(JSON.stringify({ end: chat.trace }))
    })
  })

  /** What is known about a request: which ask of which scenario it is, and who asked, if the request says so. */
  function begin({ key, serial, conversation, message, session, window, person }, headers) {
    const [name, user] = key.split('~')
    const scenario = named.get(name)
    const n = Number(serial)
    return {
      key, n, scenario, message, conversation, received: real(), trace: randomUUID(), ask: scenario.asks[n - 1], text: answerOf(scenario, n, user), reports: scenario.backend?.reports ?? 'partial',
      session: session ?? headers['x-posthog-session-id'], window: window ?? headers['x-posthog-window-id'], person: person ?? headers['x-posthog-distinct-id'],
    }
  }

  /** Answers one request, piece by piece, and reports the calls of its trace. A user who leaves or stops ends it. */
  async function answer(chat, send) {
    const { ask, scenario } = chat
    const input = [{ role: 'user', content: chat.message }]
    if (scenario.backend?.wire === 'wrapper') return wrapped(chat, input, send)
    const parts = ask.tools ? chat.text.split(/(?<=\. )/u) : null
    if (ask.tools === 'before') {
      await call(chat, input, [{ after: 400, text: '' }], () => {}, { tool: 'search' })
      await tool(chat)
      input.push({ role: 'assistant', content: null, tool_calls: toolCalls }, { role: 'tool', tool_call_id: 'call_1', content: 'three results' })
    }
    if (ask.tools === 'shown') { // many tools, one after the other. The page shows each with its result
      for (let i = 1; i <= ask.rounds; i++) {
        await call(chat, input, [{ after: 400, text: '' }], () => {}, { tool: 'search' })
        await tool(chat)
        send(`\u0002${JSON.stringify({ name: `search ${i}`, result: toolResult(i) })}\u0003`)
        input.push({ role: 'assistant', content: null, tool_calls: toolCalls }, { role: 'tool', tool_call_id: 'call_1', content: toolResult(i) })
      }
    }
    if (ask.tools === 'between') { // a part of the answer, a tool, and the rest of the answer
      const half = parts.slice(0, Math.ceil(parts.length / 2)).join('')
      await call(chat, input, pieces(half, ask), send, { tool: 'search', text: half })
      await tool(chat)
      input.push({ role: 'assistant', content: half, tool_calls: toolCalls }, { role: 'tool', tool_call_id: 'call_1', content: 'three results' })
      const rest = chat.text.slice(half.length)
      return call(chat, input, pieces(rest, ask), send, { text: rest })
    }
    await call(chat, input, pieces(chat.text, ask), send, { text: chat.text })
  }

  /** One call of the model: sends each piece at its time, then reports the call as @posthog/ai does. */
  async function call(chat, input, all, send, { text = '', tool: toolName } = {}) {
    const [began, monotonic, realBegan] = [Date.now(), performance.now(), real()]
    let [sent, first, stopped] = ['', null, false]
    for (const piece of all) {
      await pause(piece.after, undefined, { signal: chat.left }).catch(() => { stopped = true })
      if (stopped) break
      first ??= performance.now()
      sent += piece.text
      if (piece.text) send(piece.text)
    }
    const told = stopped && chat.reports === 'partial' ? sent : text
    const latency = (performance.now() - monotonic) / 1000
    const uuid = randomUUID()
    client.capture({
      distinctId: chat.person ?? chat.trace,
      event: '$ai_generation',
      uuid,
      properties: {
        $ai_lib: 'posthog-ai', $ai_lib_version: '8.13.1', $ai_provider: 'openai', $ai_model: 'gpt-5-mini', $ai_model_parameters: { stream: true },
        $ai_input: input,
        $ai_output_choices: [{ role: 'assistant', content: [...(told ? [{ type: 'text', text: told }] : []), ...(toolName ? [{ type: 'function', id: 'call_1', function: { name: toolName, arguments: { q: 'tent' } } }] : [])] }],
        $ai_http_status: 200, $ai_input_tokens: 40, $ai_output_tokens: Math.ceil(told.length / 4), $ai_latency: latency,
        ...(first && { $ai_time_to_first_token: (first - monotonic) / 1000 }),
        $ai_trace_id: chat.trace, $ai_base_url: 'https://api.openai.com/v1',
        ...(stopped && chat.reports === 'partial' ? {} : { $ai_stop_reason: toolName ? 'tool_calls' : 'stop' }),
        ...linked(chat),
      },
    })
    parentPort.postMessage({ call: { key: chat.key, serial: chat.n, trace: chat.trace, uuid, began, ended: Date.now(), stopped, text: told, tool: Boolean(toolName), background: Boolean(chat.background), real: { received: chat.received, began: realBegan, token: first && performance.timeOrigin + first } } })
  }

  /** The properties that link a call to a recording, as in the documentation. */
  const linked = ({ session, window, person, conversation }) => ({
    $ai_session_id: conversation, ...(session && { $session_id: session }), ...(session && window && { $window_id: window }), ...(!person && { $process_person_profile: false }),
  })

  async function tool(chat) {
    const began = performance.now()
    await pause(300)
    client.capture({
      distinctId: chat.person ?? chat.trace, event: '$ai_span',
      properties: { $ai_trace_id: chat.trace, $ai_span_id: randomUUID(), $ai_span_name: 'search', $ai_span_type: 'tool', $ai_latency: (performance.now() - began) / 1000, $ai_input_state: { q: 'tent' }, $ai_output_state: 'three results', ...linked(chat) },
    })
  }

  /** The same with PostHog's wrapper around OpenAI's client, which measures and reports the call itself. */
  async function wrapped(chat, messages, send) {
    const openai = new OpenAI({ apiKey: 'sk-test', baseURL: `${own}/v1`, posthog: client })
    const [began, realBegan] = [Date.now(), real()]
    let [stopped, token] = [false, null]
    let said = ''
    try {
      const stream = await openai.chat.completions.create({
        model: 'gpt-5-mini', stream: true, stream_options: { include_usage: true }, messages, user: `${chat.key} ${chat.n}`,
        ...(chat.person && { posthogDistinctId: chat.person }), posthogTraceId: chat.trace, posthogProperties: linked(chat),
      }, { signal: chat.left })
      for await (const chunk of stream) {
        const piece = chunk.choices[0]?.delta.content
        if (!piece) continue
        token ??= real()
        said += piece
        send(piece)
      }
      stopped = chat.left.aborted
    } catch (error) {
      if (!chat.left.aborted) throw error
      stopped = true
    }
    parentPort.postMessage({ call: { key: chat.key, serial: chat.n, trace: chat.trace, uuid: null, began, ended: Date.now(), stopped, text: said, tool: false, background: false, real: { received: chat.received, began: realBegan, token } } })
  }

  /** OpenAI's protocol, as far as the wrapper uses it. */
  async function model(response, { user, model: name }) {
    const [, key, n] = user.match(/^(.*) (\d+)$/)
    const [scenarioName, who] = key.split('~')
    const scenario = named.get(scenarioName)
    const base = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: Math.floor(Date.now() / 1000), model: name }
    const chunk = (fields) => response.write(`data: ${JSON.stringify({ ...base, ...fields })}\n\n`)
    const left = new AbortController()
    response.on('close', () => left.abort())
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const { after, text: content } of pieces(answerOf(scenario, Number(n), who), scenario.asks[n - 1])) {
      await pause(after, undefined, { signal: left.signal }).catch(() => {})
      if (left.signal.aborted) return
      chunk({ choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason: null }] })
    }
    chunk({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })
    chunk({ choices: [], usage: { prompt_tokens: 40, completion_tokens: 80, total_tokens: 120 } })
    response.end('data: [DONE]\n\n')
  }

  parentPort.on('message', async (message) => {
    if (message.shift !== undefined) shift = message.shift
    if (message.background) {
      const { key, serial, session } = message.background
      const chat = { ...begin({ key, serial, session, conversation: `${key}-agent`, message: '' }, {}), left: new AbortController().signal, background: true }
      await call(chat, [{ role: 'system', content: `Summarise this conversation as a title. ${questionOf(chat.scenario, chat.n)}` }], pieces(chat.text, chat.ask), () => {}, { text: chat.text })
    }
    if (!message.stop) return
    server.closeAllConnections()
    server.close()
    await client.shutdown()
    process.exit()
  })
  server.listen(0, '127.0.0.1', () => {
    own = `http://127.0.0.1:${server.address().port}`
    parentPort.postMessage({ port: server.address().port })
  })
}

const toolResult = (i) => `{\n  "found": ${i},\n  "of": "tent"\n}`
const toolCalls = [{ id: 'call_1', type: 'function', function: { name: 'search', arguments: '{"q":"tent"}' } }]

async function text(request) {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
