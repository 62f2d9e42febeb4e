// A local server that speaks OpenAI's protocol: responses and chat completions, streamed or not. It answers every question the
// same way, slowly enough that the wait is visible in a replay.
import { createServer } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { listen } from './listen.js'

/** How long an answer takes, in milliseconds. */
export const answerTime = 2500

/** The answer to a question. It repeats nothing from the question except the name of the case. */
export const answerTo = (question) => `Pitch it on a rise and open both vents (advice ${question.match(/case (\w+)/)?.[1]}).`

export async function startOpenAI() {
  const calls = []
  const server = createServer(async (request, response) => {
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    const body = JSON.parse(Buffer.concat(chunks))
    calls.push({ path: request.url, body })
    const conversation = body.input ?? body.messages
    const said = typeof conversation === 'string' ? conversation : conversation.at(-1).content
    const question = typeof said === 'string' ? said : said.map((part) => part.text).join('')
    const answer = answerTo(question)
    if (request.url === '/v1/responses') return responses(response, body, answer)
    if (request.url === '/v1/chat/completions') return completions(response, body, answer)
    response.writeHead(404).end()
  })
  return { url: `http://127.0.0.1:${await listen(server)}/v1`, calls, stop: () => server.closeAllConnections() ?? server.close() }
}

async function responses(response, body, answer) {
  await pause(answerTime)
  const done = {
    id: 'resp_1', object: 'response', created_at: Math.floor(Date.now() / 1000), status: 'completed', model: body.model,
    output: [{ type: 'message', id: 'msg_1', status: 'completed', role: 'assistant', content: [{ type: 'output_text', text: answer, annotations: [] }] }],
    usage: { input_tokens: 21, input_tokens_details: { cached_tokens: 0 }, output_tokens: 12, output_tokens_details: { reasoning_tokens: 0 }, total_tokens: 33 },
  }
  // The documentation's snippet sends messages to this API and reads choices. OpenAI's own servers support neither; this one supports both.
  if (body.messages) done.choices = [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: answer } }]
  if (!body.stream) return json(response, done)
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  let number = 0
  const send = (type, fields) => response.write(`event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: number++, ...fields })}\n\n`)
  const [item] = done.output
  const at = { item_id: item.id, output_index: 0, content_index: 0 }
  send('response.created', { response: { ...done, status: 'in_progress', output: [], usage: null } })
  send('response.output_item.added', { output_index: 0, item: { ...item, status: 'in_progress', content: [] } })
  send('response.content_part.added', { ...at, part: { ...item.content[0], text: '' } })
  send('response.output_text.delta', { ...at, delta: answer })
  send('response.output_text.done', { ...at, text: answer })
  send('response.output_item.done', { output_index: 0, item })
  send('response.completed', { response: done })
  response.end()
}

async function completions(response, body, answer) {
  const base = { id: 'chatcmpl-1', created: Math.floor(Date.now() / 1000), model: body.model }
  const usage = { prompt_tokens: 21, completion_tokens: 12, total_tokens: 33 }
  if (!body.stream) {
    await pause(answerTime)
    return json(response, { ...base, object: 'chat.completion', usage, choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: answer } }] })
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const send = (chunk) => response.write(`data: ${JSON.stringify({ ...base, object: 'chat.completion.chunk', ...chunk })}\n\n`)
  const words = answer.split(/(?<= )/)
  for (const content of words) {
    await pause(answerTime / words.length)
    send({ choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason: null }] })
  }
  send({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })
  if (body.stream_options?.include_usage) send({ choices: [], usage })
  response.end('data: [DONE]\n\n')
}

function json(response, value) {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}
