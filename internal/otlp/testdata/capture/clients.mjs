// The scripted conversation through the Vercel AI SDK: node clients.mjs ADDRESS CLIENT, where CLIENT is vercel-6 or vercel-7.
import { context, trace } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node'
import { z } from 'zod'

const [, , address, client] = process.argv
const provider = new NodeTracerProvider({
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url: `${address}/${client}/v1/traces` }))],
})
provider.register()
const seven = client === 'vercel-7'
const ai = await import(seven ? 'ai7' : 'ai6')
const { createOpenAI } = await import(seven ? 'openai7' : 'openai6')
if (seven) {
  const { OpenTelemetry } = await import('@ai-sdk/otel')
  ai.registerTelemetry(new OpenTelemetry({ runtimeContext: true }))
}
const model = createOpenAI({ baseURL: `${address}/v1`, apiKey: 'sk-test' }).chat('gpt-4o')
const telemetry = seven
  ? { telemetry: { isEnabled: true, includeRuntimeContext: { $session_id: true } }, runtimeContext: { $session_id: 's1' } }
  : { experimental_telemetry: { isEnabled: true, metadata: { $session_id: 's1' } } }
const tools = { get_weather: ai.tool({ description: 'The weather of a city', inputSchema: z.object({ city: z.string() }), execute: async () => 'rain' }) }
const options = { model, tools, stopWhen: ai.stepCountIs(3), system: 'Answer briefly.', maxRetries: 0, ...telemetry }

const root = trace.getTracer('weather-bot').startSpan('POST /chat', { attributes: { 'http.request.header.x-posthog-session-id': ['s1'] } })
await context.with(trace.setSpan(context.active(), root), async () => {
  const messages = [{ role: 'user', content: 'What is the weather in Oslo today?' }]
  const { text } = await ai.generateText({ ...options, messages })
  const call = { toolCallId: 'call_1', toolName: 'get_weather' }
  messages.push(
    { role: 'assistant', content: [{ type: 'tool-call', ...call, input: { city: 'Oslo' } }] },
    { role: 'tool', content: [{ type: 'tool-result', ...call, output: { type: 'text', value: 'rain' } }] },
    { role: 'assistant', content: text },
    { role: 'user', content: 'And tomorrow?' },
  )
  const second = ai.streamText({ ...options, messages })
  for await (const _ of second.textStream);
  messages.push({ role: 'assistant', content: await second.text }, { role: 'user', content: 'fail' })
  await ai.generateText({ ...options, messages }).then(() => process.exit(1), (error) => console.log(error.name))
})
root.end()
await provider.shutdown()
