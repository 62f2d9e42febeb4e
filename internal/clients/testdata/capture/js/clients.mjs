// The scripted conversation through unmodified clients in JavaScript: node clients.mjs CLIENT. See clients.py, which says what ADDRESS and TOKEN are and whose ids
// a client is told.
import { context, trace } from '@opentelemetry/api'
import { z } from 'zod'

const address = process.env.ADDRESS
const token = process.env.TOKEN
Object.assign(process.env, {
  OPENAI_BASE_URL: address + '/v1', OPENAI_API_KEY: 'sk-test', ANTHROPIC_BASE_URL: address, ANTHROPIC_API_KEY: 'sk-test',
  OTEL_EXPORTER_OTLP_ENDPOINT: address, OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20' + token,
})
const SYSTEM = 'Answer briefly.', TODAY = 'What is the weather in Oslo today?', TOMORROW = 'And tomorrow?', STORY = 'Tell me a story.', FAIL = 'fail'
const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const definition = { name: 'get_weather', description: 'The weather of a city', parameters }
const span = { 'http.request.method': 'POST', 'http.route': '/chat', 'http.request.header.x-posthog-session-id': ['s1'], 'http.request.header.x-posthog-distinct-id': ['u1'] }

async function fails(call) {
  let error
  try {
    await call()
  } catch (e) {
    error = e
  }
  if (!error) throw new Error('the error did not come')
  console.log(error.name)
}

// ---- the conversation, by each provider's client ----

async function chat(openai, more = {}) {
  const messages = [{ role: 'system', content: SYSTEM }, { role: 'user', content: TODAY }]
  const ask = (args = {}) => openai.chat.completions.create({ model: 'gpt-4o', messages: structuredClone(messages), tools: [{ type: 'function', function: definition }], ...args, ...more })
  const stream = () => ask({ stream: true, stream_options: { include_usage: true } })
  const call = (await ask()).choices[0].message.tool_calls
  messages.push({ role: 'assistant', content: null, tool_calls: call }, { role: 'tool', tool_call_id: call[0].id, content: 'rain' })
  messages.push({ role: 'assistant', content: (await ask()).choices[0].message.content }, { role: 'user', content: TOMORROW })
  let text = ''
  for await (const c of await stream()) text += c.choices[0]?.delta.content ?? ''
  messages.push({ role: 'assistant', content: text }, { role: 'user', content: STORY })
  let read = ''
  for await (const c of await stream()) {
    read += c.choices[0]?.delta.content ?? ''
    if (read === 'Once upon ') break
  }
  messages.push({ role: 'assistant', content: read }, { role: 'user', content: FAIL })
  await fails(() => ask())
}

async function responses(openai, more = {}) {
  const input = [{ role: 'user', content: TODAY }]
  const ask = (args = {}) => openai.responses.create({ model: 'gpt-4o', instructions: SYSTEM, input: structuredClone(input), tools: [{ type: 'function', ...definition }], ...args, ...more })
  const call = (await ask()).output[0]
  input.push({ type: 'function_call', call_id: call.call_id, name: call.name, arguments: call.arguments }, { type: 'function_call_output', call_id: call.call_id, output: 'rain' })
  input.push({ role: 'assistant', content: (await ask()).output[0].content[0].text }, { role: 'user', content: TOMORROW })
  let text = ''
  for await (const e of await ask({ stream: true })) if (e.type === 'response.output_text.delta') text += e.delta
  input.push({ role: 'assistant', content: text }, { role: 'user', content: STORY })
  let read = ''
  for await (const e of await ask({ stream: true })) {
    if (e.type === 'response.output_text.delta') read += e.delta
    if (read === 'Once upon ') break
  }
  input.push({ role: 'assistant', content: read }, { role: 'user', content: FAIL })
  await fails(() => ask())
}

async function anthropicMessages(anthropic, more = {}) {
  const messages = [{ role: 'user', content: TODAY }]
  const tools = [{ name: 'get_weather', description: definition.description, input_schema: parameters }]
  const ask = (args = {}) => anthropic.messages.create({ model: 'claude-sonnet-4-5', max_tokens: 500, system: SYSTEM, messages: structuredClone(messages), tools, ...args, ...more })
  const { id, name, input } = (await ask()).content[0]
  messages.push({ role: 'assistant', content: [{ type: 'tool_use', id, name, input }] }, { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: 'rain' }] })
  messages.push({ role: 'assistant', content: (await ask()).content[0].text }, { role: 'user', content: TOMORROW })
  let text = ''
  for await (const e of await ask({ stream: true })) if (e.type === 'content_block_delta') text += e.delta.text
  messages.push({ role: 'assistant', content: text }, { role: 'user', content: STORY })
  let read = ''
  for await (const e of await ask({ stream: true })) {
    if (e.type === 'content_block_delta') read += e.delta.text
    if (read === 'Once upon ') break
  }
  messages.push({ role: 'assistant', content: read }, { role: 'user', content: FAIL })
  await fails(() => ask())
}

async function geminiContents(gemini, more = {}) {
  const text = (role, said) => ({ role, parts: [{ text: said }] })
  const contents = [text('user', TODAY)]
  const config = { systemInstruction: SYSTEM, tools: [{ functionDeclarations: [{ name: 'get_weather', description: definition.description, parametersJsonSchema: parameters }] }] }
  const args = () => ({ model: 'gemini-2.5-flash', contents: structuredClone(contents), config, ...more })
  const call = (await gemini.models.generateContent(args())).candidates[0].content.parts[0].functionCall
  contents.push({ role: 'model', parts: [{ functionCall: call }] }, { role: 'user', parts: [{ functionResponse: { id: call.id, name: call.name, response: { result: 'rain' } } }] })
  contents.push(text('model', (await gemini.models.generateContent(args())).candidates[0].content.parts[0].text), text('user', TOMORROW))
  let whole = ''
  for await (const c of await gemini.models.generateContentStream(args())) whole += c.candidates[0].content.parts[0].text
  contents.push(text('model', whole), text('user', STORY))
  let read = ''
  for await (const c of await gemini.models.generateContentStream(args())) {
    read += c.candidates[0].content.parts[0].text
    if (read === 'Once upon ') break
  }
  contents.push(text('model', read), text('user', FAIL))
  await fails(() => gemini.models.generateContent(args()))
}

async function langchain(model, config) {
  const { AIMessage, HumanMessage, SystemMessage, ToolMessage } = await import('@langchain/core/messages')
  const bound = model.bindTools([{ type: 'function', function: definition }])
  const said = [new SystemMessage(SYSTEM), new HumanMessage(TODAY)]
  said.push(await bound.invoke(said, config), new ToolMessage({ content: 'rain', tool_call_id: 'call_1' }))
  said.push(new AIMessage((await bound.invoke(said, config)).content), new HumanMessage(TOMORROW))
  let text = ''
  for await (const c of await bound.stream(said, config)) text += c.content
  said.push(new AIMessage(text), new HumanMessage(STORY))
  let read = ''
  for await (const c of await bound.stream(said, config)) {
    read += c.content
    if (read === 'Once upon ') break
  }
  said.push(new AIMessage(read), new HumanMessage(FAIL))
  await fails(() => bound.invoke(said, config))
}

async function vercelText(ai, model, more) {
  const tools = { get_weather: ai.tool({ description: definition.description, inputSchema: z.object({ city: z.string() }), execute: async () => 'rain' }) }
  const instructions = ai.registerTelemetry ? { instructions: SYSTEM } : { system: SYSTEM }
  const options = { model, tools, stopWhen: (ai.stepCountIs ?? ai.isStepCount)(3), ...instructions, maxRetries: 0, ...more }
  const messages = [{ role: 'user', content: TODAY }]
  const { text } = await ai.generateText({ ...options, messages })
  const call = { toolCallId: 'call_1', toolName: 'get_weather' }
  messages.push(
    { role: 'assistant', content: [{ type: 'tool-call', ...call, input: { city: 'Oslo' } }] },
    { role: 'tool', content: [{ type: 'tool-result', ...call, output: { type: 'text', value: 'rain' } }] },
    { role: 'assistant', content: text }, { role: 'user', content: TOMORROW },
  )
  const second = ai.streamText({ ...options, messages })
  for await (const _ of second.textStream);
  messages.push({ role: 'assistant', content: await second.text }, { role: 'user', content: STORY })
  const stop = new AbortController()
  let read = ''
  for await (const c of ai.streamText({ ...options, messages, abortSignal: stop.signal, onError() {} }).textStream) {
    read += c
    if (read === 'Once upon ') {
      stop.abort()
      break
    }
  }
  await new Promise((done) => setTimeout(done, 300))
  messages.push({ role: 'assistant', content: read }, { role: 'user', content: FAIL })
  await fails(() => ai.generateText({ ...options, messages }))
}

// ---- PostHog's packages ----

const ofCall = { posthogDistinctId: 'u1', posthogTraceId: 't1', posthogProperties: { $session_id: 's1', $ai_session_id: 'c1' } }

async function withPosthog(talk) {
  const { PostHog } = await import('posthog-node')
  const posthog = new PostHog(token, { host: address })
  await talk(posthog)
  await new Promise((done) => setTimeout(done, 500))
  await posthog.shutdown()
}

const vercelOf = async (version) => [await import('ai' + version), (await import('openai' + version)).createOpenAI({ apiKey: 'sk-test', baseURL: address + '/v1' }).chat('gpt-4o')]

const posthogVercel = (version) => () => withPosthog(async (posthog) => {
  const { withTracing } = await import('@posthog/ai/vercel')
  const [ai, model] = await vercelOf(version)
  await vercelText(ai, withTracing(model, posthog, ofCall))
})

// ---- OpenTelemetry ----

async function spans(processor, talk, { inRequest = true, instrument } = {}) {
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-proto')
  const { BatchSpanProcessor } = await import('@opentelemetry/sdk-trace-base')
  const { NodeTracerProvider } = await import('@opentelemetry/sdk-trace-node')
  const provider = new NodeTracerProvider({ spanProcessors: [processor ?? new BatchSpanProcessor(new OTLPTraceExporter())] })
  provider.register()
  instrument?.(provider)
  if (inRequest) {
    const root = trace.getTracer('weather-bot').startSpan('POST /chat', { attributes: span })
    await context.with(trace.setSpan(context.active(), root), talk)
    root.end()
  } else await talk()
  await new Promise((done) => setTimeout(done, 500))
  await provider.shutdown()
}

const OpenAI = async () => (await import('openai')).default
const openai = async () => new (await OpenAI())({ maxRetries: 0 })

const all = {
  'posthog-openai-js': () => withPosthog(async (posthog) => chat(new (await import('@posthog/ai/openai')).OpenAI({ posthog, maxRetries: 0 }), ofCall)),
  'posthog-openai-responses-js': () => withPosthog(async (posthog) => responses(new (await import('@posthog/ai/openai')).OpenAI({ posthog, maxRetries: 0 }), ofCall)),
  'posthog-anthropic-js': () => withPosthog(async (posthog) => anthropicMessages(new (await import('@posthog/ai/anthropic')).Anthropic({ posthog, maxRetries: 0 }), ofCall)),
  'posthog-gemini-js': () => withPosthog(async (posthog) => geminiContents(new (await import('@posthog/ai/gemini')).GoogleGenAI({ apiKey: 'k', posthog, httpOptions: { baseUrl: address } }), ofCall)),
  'posthog-vercel-5': posthogVercel(5),
  'posthog-vercel-6': posthogVercel(6),
  'posthog-langchain-js': () => withPosthog(async (posthog) => {
    const { LangChainCallbackHandler } = await import('@posthog/ai/langchain')
    const { ChatOpenAI } = await import('@langchain/openai')
    const handler = new LangChainCallbackHandler({ client: posthog, distinctId: 'u1', traceId: 't1', properties: ofCall.posthogProperties })
    await langchain(new ChatOpenAI({ model: 'gpt-4o', maxRetries: 0, streamUsage: true }), { callbacks: [handler] })
  }),
  'posthog-openai-agents-js': () => withPosthog(async (posthog) => {
    const { Agent, run, tool, setTraceProcessors, withTrace, OpenAIChatCompletionsModel } = await import('@openai/agents')
    const { PostHogTracingProcessor } = await import('@posthog/ai/openai-agents')
    setTraceProcessors([new PostHogTracingProcessor({ client: posthog, distinctId: 'u1', properties: { $session_id: 's1' } })])
    const get_weather = tool({ name: 'get_weather', description: definition.description, parameters: z.object({ city: z.string() }), execute: async () => 'rain' })
    const agent = new Agent({ name: 'Weather', instructions: SYSTEM, model: new OpenAIChatCompletionsModel(await openai(), 'gpt-4o'), tools: [get_weather] })
    const user = (content) => ({ role: 'user', content })
    await withTrace('POST /chat', async () => {
      const first = await run(agent, TODAY)
      const second = await run(agent, [...first.history, user(TOMORROW)], { stream: true })
      for await (const _ of second);
      await second.completed
      const stop = new AbortController()
      let read = ''
      for await (const text of (await run(agent, [...second.history, user(STORY)], { stream: true, signal: stop.signal })).toTextStream()) {
        read += text
        if (read === 'Once upon ') {
          stop.abort()
          break
        }
      }
      await new Promise((done) => setTimeout(done, 300))
      await fails(() => run(agent, [...second.history, user(FAIL)]))
    }, { groupId: 'c1' })
  }),
  'posthog-node': () => withPosthog(async (posthog) => {
    const client = await openai()
    // What is sent by hand for each call of OpenAI's client, as PostHog's documentation shows it.
    const told = { chat: { completions: { async create(args) {
      const start = Date.now()
      const send = (more) => posthog.capture({ distinctId: 'u1', event: '$ai_generation', properties: {
        ...ofCall.posthogProperties, $ai_trace_id: 't1', $ai_provider: 'openai', $ai_model: 'gpt-4o', $ai_input: args.messages, $ai_tools: args.tools, $ai_latency: (Date.now() - start) / 1000, ...more } })
      const used = (usage) => usage && { $ai_input_tokens: usage.prompt_tokens, $ai_output_tokens: usage.completion_tokens, $ai_cache_read_input_tokens: usage.prompt_tokens_details.cached_tokens }
      try {
        const answer = await client.chat.completions.create(args)
        if (!args.stream) {
          send({ $ai_model: answer.model, $ai_output_choices: answer.choices.map((c) => c.message), $ai_stop_reason: answer.choices[0].finish_reason, ...used(answer.usage) })
          return answer
        }
        return (async function* () {
          let text = '', first, usage, finish = 'aborted'
          try {
            for await (const c of answer) {
              text += c.choices[0]?.delta.content ?? ''
              first ??= text ? (Date.now() - start) / 1000 : undefined
              usage ??= c.usage
              finish = c.choices[0]?.finish_reason ?? finish
              yield c
            }
          } finally {
            send({ $ai_model: 'gpt-4o-2024-08-06', $ai_output_choices: [{ role: 'assistant', content: text }], $ai_stop_reason: finish, $ai_stream: true, $ai_time_to_first_token: first, ...used(usage) })
          }
        })()
      } catch (error) {
        send({ $ai_is_error: true, $ai_error: String(error.message), $ai_http_status: error.status })
        throw error
      }
    } } } }
    await chat(told)
  }),
  'vercel-5': () => spans(undefined, async () => {
    const [ai, model] = await vercelOf(5)
    await vercelText(ai, model, { experimental_telemetry: { isEnabled: true, metadata: { $session_id: 's1', userId: 'u1', sessionId: 'c1' } } })
  }),
  'vercel-6': () => spans(undefined, async () => {
    const [ai, model] = await vercelOf(6)
    await vercelText(ai, model, { experimental_telemetry: { isEnabled: true, metadata: { $session_id: 's1', userId: 'u1', sessionId: 'c1' } } })
  }),
  'vercel-7': () => spans(undefined, async () => {
    const [ai, model] = await vercelOf(7)
    const { OpenTelemetry } = await import('@ai-sdk/otel')
    ai.registerTelemetry(new OpenTelemetry({ runtimeContext: true }))
    const runtimeContext = { $session_id: 's1', userId: 'u1', sessionId: 'c1' }
    await vercelText(ai, model, { telemetry: { isEnabled: true, includeRuntimeContext: { $session_id: true, userId: true, sessionId: true } }, runtimeContext })
  }),
  'sentry-js': async () => {
    const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-proto')
    const { BatchSpanProcessor } = await import('@opentelemetry/sdk-trace-base')
    const Sentry = await import('sentry10')
    Sentry.init({ dsn: address.replace('http://', 'http://k@') + '/1', tracesSampleRate: 1, sendDefaultPii: true, openTelemetrySpanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())], transport: () => ({ send: async () => ({}), flush: async () => true }) })
    Sentry.setConversationId?.('c1')
    const client = Sentry.instrumentOpenAiClient(await openai(), { recordInputs: true, recordOutputs: true })
    await Sentry.startSpan({ name: 'POST /chat', op: 'http.server', attributes: span }, () => chat(client))
    await new Promise((done) => setTimeout(done, 500))
    await Sentry.close(2000)
    await trace.getTracerProvider().getDelegate?.().forceFlush?.()
  },
  'posthog-otel-js': async () => {
    const { PostHogSpanProcessor } = await import('@posthog/ai/otel')
    await spans(new PostHogSpanProcessor({ projectToken: token, host: address }), async () => {
      const [ai, model] = await vercelOf(6)
      await vercelText(ai, model, { experimental_telemetry: { isEnabled: true, metadata: { $session_id: 's1', posthog_distinct_id: 'u1', $ai_session_id: 'c1' } } })
    })
  },
  'langfuse-js': async () => {
    Object.assign(process.env, { LANGFUSE_PUBLIC_KEY: token, LANGFUSE_SECRET_KEY: 'sk', LANGFUSE_BASE_URL: address })
    delete process.env.OTEL_EXPORTER_OTLP_HEADERS
    const { LangfuseSpanProcessor } = await import('@langfuse/otel')
    const { propagateAttributes, startActiveObservation } = await import('@langfuse/tracing')
    const { observeOpenAI } = await import('@langfuse/openai')
    await spans(new LangfuseSpanProcessor(), async () => {
      await startActiveObservation('POST /chat', () => propagateAttributes({ userId: 'u1', sessionId: 'c1', metadata: { $session_id: 's1' } }, async () => chat(observeOpenAI(await openai()))))
    }, { inRequest: false })
  },
  'openinference-js': async () => {
    const { OpenAIInstrumentation } = await import('@arizeai/openinference-instrumentation-openai')
    const { setSession, setUser } = await import('@arizeai/openinference-core')
    const instrumentation = new OpenAIInstrumentation()
    instrumentation.manuallyInstrument(await OpenAI())
    await spans(undefined, () => context.with(setUser(setSession(context.active(), { sessionId: 'c1' }), { userId: 'u1' }), async () => chat(await openai())), { instrument: (p) => instrumentation.setTracerProvider(p) })
  },
  'openllmetry-js': async () => {
    const { OpenAIInstrumentation } = await import('@traceloop/instrumentation-openai')
    const instrumentation = new OpenAIInstrumentation()
    instrumentation.manuallyInstrument(await OpenAI())
    await spans(undefined, async () => chat(await openai()), { instrument: (p) => instrumentation.setTracerProvider(p) })
  },
  mastra: async () => {
    const { Mastra } = await import('@mastra/core/mastra')
    const { Agent } = await import('@mastra/core/agent')
    const { createTool } = await import('@mastra/core/tools')
    const { Observability } = await import('@mastra/observability')
    const { OtelExporter } = await import('@mastra/otel-exporter')
    const [, model] = await vercelOf(6)
    const get_weather = createTool({ id: 'get_weather', description: definition.description, inputSchema: z.object({ city: z.string() }), execute: async () => 'rain' })
    const exporter = new OtelExporter({ provider: { custom: { endpoint: address + '/v1/traces', protocol: 'http/protobuf', headers: { authorization: 'Bearer ' + token } } } })
    const mastra = new Mastra({
      agents: { weather: new Agent({ id: 'weather', name: 'Weather', instructions: SYSTEM, model, tools: { get_weather }, maxRetries: 0 }) },
      observability: new Observability({ configs: { otel: { serviceName: 'weather-bot', exporters: [exporter] } } }),
    })
    const agent = mastra.getAgent('weather')
    const options = { tracingOptions: { metadata: { $session_id: 's1', userId: 'u1', sessionId: 'c1' } } }
    const first = await agent.generate(TODAY, options)
    const said = [{ role: 'user', content: TODAY }, ...first.response.messages, { role: 'user', content: TOMORROW }]
    const second = await agent.stream(said, options)
    let text = ''
    for await (const c of second.textStream) text += c
    said.push({ role: 'assistant', content: text }, { role: 'user', content: STORY })
    const stop = new AbortController()
    let read = ''
    for await (const c of (await agent.stream(said, { ...options, abortSignal: stop.signal })).textStream) {
      read += c
      if (read === 'Once upon ') {
        stop.abort()
        break
      }
    }
    said.push({ role: 'assistant', content: read }, { role: 'user', content: FAIL })
    await fails(() => agent.generate(said, options))
    await new Promise((done) => setTimeout(done, 1000))
    await mastra.shutdown?.()
  },
}

await all[process.argv[2]]()
