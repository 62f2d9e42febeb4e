// Makes calls through every JavaScript client that sends its calls to PostHog, each against the server of server.py.
//
// Usage: node clients.mjs http://127.0.0.1:8611 [client …]
import { PostHog } from 'posthog-node'
import { z } from 'zod'

const host = process.argv[2]
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const ask = 'What is the weather in Zürich?'
const weather = z.object({ city: z.string() })
Object.assign(process.env, { OPENAI_API_KEY: 'k', OPENAI_BASE_URL: host + '/v1', ANTHROPIC_API_KEY: 'k' })

const client = (name) => new PostHog('phc_' + name, { host, flushAt: 1, disableCompression: true })

async function each(posthog, cases) {
  for (const [name, call] of Object.entries(cases)) {
    try {
      await call(name)
    } catch (error) {
      console.log(name, String(error).slice(0, 300))
    }
    await posthog.flush()
  }
  await posthog.shutdown()
}

async function openaiAgents() {
  const { Agent, run, tool, setTraceProcessors, withTrace, OpenAIChatCompletionsModel } = await import('@openai/agents')
  const { PostHogTracingProcessor } = await import('@posthog/ai/openai-agents')
  const { default: OpenAI } = await import('openai')
  const posthog = client('openai-agents-js')
  const tools = [
    tool({ name: 'get_weather', description: 'The weather', parameters: weather, execute: async () => ({ temp: 21, said: `it's "fine"` }) }),
    tool({ name: 'get_time', description: 'The time', parameters: z.object({ tz: z.string() }), execute: async () => { throw new Error('no such zone') } }),
  ]
  const go = (agent, said = ask) => async (name) => {
    setTraceProcessors([new PostHogTracingProcessor({ client: posthog, distinctId: 'u1', properties: { case: name } })])
    await withTrace('Weather assistant', () => run(agent, said, { maxTurns: 3 }), { groupId: 'chat-1' })
  }
  const chat = (model) => new OpenAIChatCompletionsModel(new OpenAI(), model)
  await each(posthog, {
    loop: go(new Agent({ name: 'Weather', instructions: 'Use tools.', model: 'gpt5-loop', tools })),
    'chat-loop': go(new Agent({ name: 'Weather', instructions: 'Use tools.', model: chat('gpt-loop'), tools })),
    reasoning: go(new Agent({ name: 'Thinker', model: 'gpt5-reasoning' })),
    search: go(new Agent({ name: 'Searcher', model: 'gpt5-search' })),
    json: go(new Agent({ name: 'Parser', model: 'gpt5-json', outputType: z.object({ due: z.string(), days: z.array(z.number()) }) })),
    refusal: go(new Agent({ name: 'Refuser', model: 'gpt5-refusal' })),
    image: go(new Agent({ name: 'Looker', model: 'gpt5-text' }), [
      { role: 'user', content: [{ type: 'input_text', text: 'What is it?' }, { type: 'input_image', image: 'data:image/png;base64,' + pixel }] },
    ]),
    error: go(new Agent({ name: 'Broken', model: 'gpt-error' })),
  })
}

const vercel = (version) => async () => {
  const ai = await import('ai' + version)
  const { createOpenAI } = await import('openai' + version)
  const posthog = client('vercel-' + version)
  const openai = createOpenAI({ apiKey: 'k', baseURL: host + '/v1' })
  let model, telemetry = () => ({}), after = async () => {}
  if (version < 7) {
    const { withTracing } = await import('@posthog/ai/vercel')
    model = (of, name) => withTracing(of, posthog, { posthogDistinctId: 'u1', posthogTraceId: 't1', posthogProperties: { case: name } })
  } else {
    // Version 7 has no wrapper: its spans go through OpenTelemetry. What PostHog's route makes of their attributes, by name.
    const { OpenTelemetry } = await import('@ai-sdk/otel')
    const { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } = await import('@opentelemetry/sdk-trace-base')
    const memory = new InMemorySpanExporter()
    const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(memory)] })
    ai.registerTelemetry(new OpenTelemetry({ tracer: provider.getTracer('ai') }))
    model = (of) => of
    const names = {
      'gen_ai.input.messages': '$ai_input', 'gen_ai.output.messages': '$ai_output_choices', 'gen_ai.tool.call.arguments': '$ai_input_state', 'gen_ai.tool.call.result': '$ai_output_state', 'gen_ai.tool.definitions': '$ai_tools',
      'ai.prompt.messages': '$ai_input', 'ai.response.text': '$ai_output_choices', 'ai.toolCall.args': '$ai_input_state', 'ai.toolCall.result': '$ai_output_state',
    }
    after = async (name) => {
      for (const span of memory.getFinishedSpans()) {
        const properties = { case: name, $ai_span_name: span.name, $ai_ingestion_source: 'otel', $ai_lib: 'vercel' }
        for (const [key, value] of Object.entries(span.attributes)) {
          if (!names[key]) continue
          try { properties[names[key]] = JSON.parse(value) } catch { properties[names[key]] = value }
        }
        const system = span.attributes['gen_ai.system_instructions']
        if (system && Array.isArray(properties.$ai_input)) properties.$ai_input.unshift({ role: 'system', parts: JSON.parse(system) })
        posthog.capture({ distinctId: 'u1', event: span.name.startsWith('chat') ? '$ai_generation' : '$ai_span', properties })
      }
      memory.reset()
    }
  }
  const tools = { get_weather: ai.tool({ description: 'The weather', inputSchema: weather, execute: async () => ({ temp: 21 }) }), get_time: ai.tool({ inputSchema: z.object({ tz: z.string() }), execute: async () => '12:00' }) }
  const stop = ai.stepCountIs ? { stopWhen: ai.stepCountIs(3) } : { stopWhen: ai.isStepCount?.(3) }
  const picture = [{ role: 'user', content: [{ type: 'text', text: 'What is it?' }, { type: 'image', image: pixel, mediaType: 'image/png' }, { type: 'file', data: 'JVBERi0xLjQK', mediaType: 'application/pdf', filename: 'terms.pdf' }] }]
  const go = (of, args, stream) => async (name) => {
    const call = { model: model(of, name), ...args, ...stop, maxRetries: 0 }
    try {
      if (stream) for await (const _ of ai.streamText({ ...call, onError() {} }).textStream);
      else await ai.generateText(call)
    } finally {
      await after(name)
    }
  }
  const instructions = version < 7 ? { system: 'Use tools.' } : { instructions: 'Use tools.' }
  await each(posthog, {
    loop: go(openai.chat('gpt-loop'), { ...instructions, prompt: ask, tools }),
    'responses-loop': go(openai.responses('gpt5-loop'), { ...instructions, prompt: ask, tools: { get_weather: tools.get_weather } }),
    'loop-stream': go(openai.chat('gpt-loop'), { ...instructions, prompt: ask, tools }, true),
    reasoning: go(openai.responses('gpt5-reasoning'), { prompt: ask }),
    search: go(openai.responses('gpt5-search'), { prompt: ask }),
    image: go(openai.chat('gpt-text'), { messages: picture }),
    json: async (name) => {
      await ai.generateObject({ model: model(openai.responses('gpt5-json'), name), schema: z.object({ due: z.string(), days: z.array(z.number()) }), prompt: ask })
      await after(name)
    },
    error: go(openai.chat('gpt-error'), { prompt: ask }),
  })
}

async function langchain() {
  const { LangChainCallbackHandler } = await import('@posthog/ai/langchain')
  const { ChatOpenAI } = await import('@langchain/openai')
  const { ChatAnthropic } = await import('@langchain/anthropic')
  const { createAgent, tool } = await import('langchain')
  const { HumanMessage } = await import('@langchain/core/messages')
  const { ChatPromptTemplate } = await import('@langchain/core/prompts')
  const { StringOutputParser } = await import('@langchain/core/output_parsers')
  const posthog = client('langchain-js')
  const openai = (model, more) => new ChatOpenAI({ model, maxRetries: 0, ...more })
  const claude = (model) => new ChatAnthropic({ model, anthropicApiUrl: host, maxRetries: 0 })
  const tools = [
    tool(async () => '{"temp": 21}', { name: 'get_weather', description: 'The weather', schema: weather }),
    tool(async () => '12:00', { name: 'get_time', description: 'The time', schema: z.object({ tz: z.string() }) }),
  ]
  const go = (f) => async (name) => {
    await f({ callbacks: [new LangChainCallbackHandler({ client: posthog, distinctId: 'u1', properties: { case: name } })] })
  }
  const agent = (model) => go((c) => createAgent({ model, tools, systemPrompt: 'Use tools.' }).invoke({ messages: [{ role: 'user', content: ask }] }, c))
  const picture = new HumanMessage([{ type: 'text', text: 'What is it?' }, { type: 'image_url', image_url: { url: 'data:image/png;base64,' + pixel } }])
  await each(posthog, {
    'openai-agent': agent(openai('gpt-loop')),
    'responses-agent': agent(openai('gpt5-loop', { useResponsesApi: true })),
    'anthropic-agent': agent(claude('claude-tools')),
    'anthropic-think': go((c) => claude('claude-think').invoke(ask, c)),
    image: go((c) => openai('gpt-text').invoke([picture], c)),
    chain: go((c) => ChatPromptTemplate.fromMessages([['system', 'Answer {style}.'], ['user', '{question}']]).pipe(openai('gpt-text')).pipe(new StringOutputParser()).invoke({ style: 'briefly', question: 'When is the invoice due?' }, c)),
    error: go((c) => openai('gpt-error').invoke(ask, c)),
  })
}

async function anthropic() {
  const { Anthropic } = await import('@posthog/ai/anthropic')
  const posthog = client('anthropic-js')
  const a = new Anthropic({ apiKey: 'k', baseURL: host, posthog, maxRetries: 0 })
  const asked = [{ role: 'user', content: ask }]
  const answered = [
    ...asked,
    { role: 'assistant', content: [{ type: 'thinking', thinking: 'I need the weather.', signature: 'EqQB' }, { type: 'redacted_thinking', data: 'EmwK' }, { type: 'tool_use', id: 'toolu_1', name: 'get_weather', input: { city: 'Zürich' } }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: [{ type: 'text', text: '21 °C' }, { type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixel } }] }] },
  ]
  const tools = [{ name: 'get_weather', description: 'The weather', input_schema: { type: 'object', properties: { city: { type: 'string' } } } }]
  const cases = {}
  for (const [name, args] of Object.entries({
    tools: { model: 'claude-tools', messages: asked, tools, system: 'Use tools.' },
    results: { model: 'claude-tools', messages: answered, tools },
    think: { model: 'claude-think', messages: asked },
    search: { model: 'claude-search', messages: asked },
    error: { model: 'claude-error', messages: asked },
  })) {
    for (const stream of [false, true]) {
      cases[name + (stream ? '-stream' : '')] = async (id) => {
        const answer = await a.messages.create({ max_tokens: 2048, stream, posthogDistinctId: 'u1', posthogTraceId: 't1', posthogProperties: { case: id }, ...args })
        if (stream) for await (const _ of answer);
      }
    }
  }
  await each(posthog, cases)
}

async function gemini() {
  const { GoogleGenAI } = await import('@posthog/ai/gemini')
  const posthog = client('gemini-js')
  const g = new GoogleGenAI({ apiKey: 'k', posthog, httpOptions: { baseUrl: host } })
  const answered = [
    { role: 'user', parts: [{ text: ask }] },
    { role: 'model', parts: [{ functionCall: { id: 'fc_1', name: 'get_weather', args: { city: 'Zürich' } }, thoughtSignature: 'CpQB' }] },
    { role: 'user', parts: [{ functionResponse: { id: 'fc_1', name: 'get_weather', response: { temp: 21 } } }] },
  ]
  const files = [{ role: 'user', parts: [{ text: 'What is it?' }, { inlineData: { mimeType: 'image/png', data: pixel } }, { fileData: { mimeType: 'application/pdf', fileUri: 'gs://b/terms.pdf' } }] }]
  const cases = {}
  for (const [name, args] of Object.entries({
    text: { model: 'gemini-text', contents: ask }, think: { model: 'gemini-think', contents: ask },
    tools: { model: 'gemini-tools', contents: ask, config: { systemInstruction: 'Use tools.', tools: [{ functionDeclarations: [{ name: 'get_weather', description: 'The weather' }] }] } },
    results: { model: 'gemini-tools', contents: answered }, code: { model: 'gemini-code', contents: '6*7?' }, search: { model: 'gemini-search', contents: ask }, files: { model: 'gemini-text', contents: files },
  })) {
    for (const stream of [false, true]) {
      cases[name + (stream ? '-stream' : '')] = async (id) => {
        const call = { posthogDistinctId: 'u1', posthogTraceId: 't1', posthogProperties: { case: id }, ...args }
        if (stream) for await (const _ of g.models.generateContentStream(call));
        else await g.models.generateContent(call)
      }
    }
  }
  await each(posthog, cases)
}

const all = { openaiAgents, vercel5: vercel(5), vercel6: vercel(6), vercel7: vercel(7), langchain, anthropic, gemini }
const asked = process.argv.slice(3)
for (const name of asked.length > 0 ? asked : Object.keys(all)) {
  console.log('==', name)
  await all[name]()
}
