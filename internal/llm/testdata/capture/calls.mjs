// Makes every call of cases.json through @posthog/ai.
import { OpenAI } from '@posthog/ai/openai'
import { PostHog } from 'posthog-node'
import fs from 'node:fs'

const host = process.argv[2]
const posthog = new PostHog('phc_openai-js', { host, flushAt: 1, disableCompression: true })
const client = new OpenAI({ apiKey: 'k', baseURL: host + '/v1', posthog, maxRetries: 0 })
const apis = { chat: client.chat.completions, responses: client.responses, embeddings: client.embeddings }
const cases = JSON.parse(fs.readFileSync(new URL('cases.json', import.meta.url)))

for (const [api, byName] of Object.entries(cases)) {
  for (const [name, args] of Object.entries(byName)) {
    for (const stream of api === 'embeddings' ? [false] : [false, true]) {
      for (const isPrivate of ['text', 'string'].includes(name) ? [false, true] : [false]) {
        const id = ['js', api, name, stream ? 'stream' : 'plain', ...(isPrivate ? ['private'] : [])].join('_')
        const call = {
          ...structuredClone(args),
          posthogDistinctId: 'u1',
          posthogTraceId: 't1',
          posthogPrivacyMode: isPrivate,
          posthogProperties: { case: id },
          ...(stream && { stream }),
          ...(stream && api === 'chat' && { stream_options: { include_usage: true } }),
        }
        try {
          const answer = await apis[api].create(call)
          if (stream) for await (const _ of answer);
        } catch (error) {
          if (name !== 'error') throw error
        }
        await posthog.flush()
      }
    }
  }
}
await posthog.shutdown()
