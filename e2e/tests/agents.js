// An agent with the official MCP client for JavaScript, over HTTP and as a program, like Claude Code, Cursor and others.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, it } from 'node:test'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { capture } from '../lib/playhead.js'
import { element, firstPicture, generation, mutation, snapshot } from '../lib/recording.js'
import { eventually } from '../lib/ui.js'

export function agents(env) {
  describe('agents', { concurrency: 2 }, () => {
    it('ask over HTTP', { timeout: 60_000 }, () => asks(env.playhead, new StreamableHTTPClientTransport(new URL(`${env.playhead.url}/mcp`))))
    it('ask through playhead mcp', { timeout: 60_000 }, () =>
      asks(env.playhead, new StdioClientTransport({ command: env.binary.path, args: ['mcp', env.playhead.url] })))
  })
}

async function asks(playhead, transport) {
  const at = Date.now() - 600_000
  const [session, window, trace] = [randomUUID(), randomUUID(), randomUUID()]
  const answer = element('p', {}, 'Thinking')
  await capture(playhead, [snapshot(session, window, [
    ...firstPicture(at, [], element('body', {}, element('h1', {}, 'Help of the shop'), answer)),
    mutation(at + 8000, { texts: [{ id: answer.childNodes[0].id, value: 'Your parcel is in Bergen.' }] }),
    mutation(at + 20_000, { texts: [] }),
  ])], '/s/')
  await capture(playhead, [generation(at + 8000, { session, window, trace, input: 'Where is my parcel?', output: 'Your parcel is in Bergen.', latency: 3 })])

  const client = new Client({ name: 'e2e', version: '1' })
  await client.connect(transport)
  try {
    assert.match(client.getInstructions(), /on_the_screen/)
    const { tools } = await client.listTools()
    assert.ok(tools.length >= 11 && tools.every((tool) => tool.description && tool.inputSchema.type === 'object'))
    const call = async (name, args) => {
      const result = await client.callTool({ name, arguments: args })
      assert.ok(!result.isError, result.content[0].text)
      return result.content[0].text
    }
    await eventually('the moment is known', async () => (await call('where_was_the_user', { id: trace })).includes(`${playhead.url}/sessions/${session}`))
    const screen = await call('on_the_screen', { id: trace })
    assert.match(screen, /Help of the shop/)
    assert.match(screen, /\+ Your parcel is in Bergen\./)
    assert.match(await call('search', { of: 'traces', q: `trace:${trace}` }), /1 match/)
    const wrong = await client.callTool({ name: 'trace', arguments: { id: 'none' } })
    assert.ok(wrong.isError)
    assert.match(wrong.content[0].text, /There is no trace/)
    const { messages } = await client.getPrompt({ name: 'why_was_this_answer_bad', arguments: { id: trace } })
    assert.match(messages[0].content.text, /on_the_screen/)
  } finally {
    await client.close()
  }
}
