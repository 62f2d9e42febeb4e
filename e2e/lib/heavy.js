// Content that is large, deep or deliberately slow to show. Each case says what is sent, which page shows it, and what can be read there.
import { randomUUID } from 'node:crypto'
import { capture } from './playhead.js'
import { element, firstPicture, generation, mouse, snapshot } from './recording.js'

const line = (i) => `2026-11-26T09:00:${String(i % 60).padStart(2, '0')}Z level=info msg="request handled" id=${i} path=/api/items/${i % 97} took=${(i * 7) % 900}ms`
const lines = (n) => Array.from({ length: n }, (_, i) => line(i)).join('\n')
const letters = (n) => Buffer.alloc((n * 3) / 4, 'a stream of bytes nobody reads').toString('base64').slice(0, n)
/** The text at the end of long content, where it can be added without changing the markup. */
export const end = 'The very end.'

/** A page of Markdown as models write it. `i` is the number of the section. */
const section = (i) => `## Section ${i}

The **answer** has *several* parts and a [link](https://example.com/${i}). It uses \`code\` now and then, and is of ordinary length, so that a line wraps.

1. First \`item\`
2. Second item
   - with a **nested** one

| name | value |
|---|--:|
| alpha | ${i} |
| beta | ${i * 2} |

\`\`\`js
function f(x) { return x + ${i} } // a comment
\`\`\`

> A quote of somebody.
`
const markdown = (n) => Array.from({ length: n }, (_, i) => section(i + 1)).join('\n')

const nested = (depth) => {
  let value = { bottom: end }
  for (let i = 0; i < depth; i++) value = i % 2 ? [value] : { in: value }
  return value
}

/** Answers of a model, by name. */
export const answers = {
  ordinary: section(1),
  'quotes, 3,000 deep': '>'.repeat(3000) + ' x',
  'bullets, 96 kB in a line': '* * '.repeat(24_000) + 'x',
  'lists, 400 deep': Array.from({ length: 400 }, (_, i) => `${' '.repeat(i * 2)}- ${i}`).join('\n'),
  'letters, 200,000': letters(200_000),
  'spaces, 95,000': `begin${' '.repeat(95_000)}`,
  'markdown, 95 kB': `${markdown(200)}\n\n${end}`,
  'markdown, 450 kB': `${markdown(950)}\n\n${end}`,
  'a paragraph, 90 kB': `${'Some **bold** words and `code` in one paragraph that does not end. '.repeat(1350)}\n\n${end}`,
  'a table of 10,000 columns': `|${'a|'.repeat(10_000)}\n|${'-|'.repeat(10_000)}\n|${'b|'.repeat(10_000)}\n\n${end}`,
  'a table of 3,000 rows': `| a | b | c |\n|---|---|---|\n${'| one | two **bold** | three |\n'.repeat(3000)}\n${end}`,
  'a list of 5,000 items': `${'- one item with `code`\n'.repeat(5000)}\n\n${end}`,
  'code, 500 kB': `\`\`\`\n${lines(5000)}\n\`\`\`\n\n${end}`,
  'brackets, 50,000': '['.repeat(50_000),
  'images begun, 50,000': '![](<'.repeat(10_000),
  'links in links': '[a](b '.repeat(15_000),
  'emphasis, 90 kB': '*_**__'.repeat(15_000),
  'emphasis of words': '*a _b '.repeat(15_000),
  'backticks, growing': Array.from({ length: 420 }, (_, i) => '`'.repeat(i + 1)).join(' '),
  'references, 5,000': Array.from({ length: 5000 }, (_, i) => `[r${i}]: https://example.com/${i}\n[r${i}]`).join('\n'),
  'comments begun': '<!-- '.repeat(18_000),
  'angle brackets, 90,000': '<'.repeat(90_000),
  'entities': '&amp;&#'.repeat(13_000),
  'combining marks, 100,000': `a${'\u0301'.repeat(100_000)}`,
  'markup, 90 kB': '<div onclick="x()"><b>a</b><script>b()</script>'.repeat(2000),
  'right to left, 90 kB': '\u202eoverridden \u2067isolated \u05d0\u05d1\u05d2 **bold** '.repeat(2500),
  'control characters, 90 kB': 'a\u0000b\u001b[31mred\u001b[0m\u0007\u0008 '.repeat(4500),
  'empty lines, 100,000': `begin${'\n'.repeat(100_000)}${end}`,
}

/** A text about as long as an event may be. */
export const longest = `${lines(120_000).slice(0, 9_900_000)}\n${end}`

/** Whole events by name: `more` has properties of one generation, `last` is what can be read at its end. */
export const contents = {
  'tool text, 4 MB of log': { last: end, more: { $ai_input: [{ role: 'user', content: 'Look.' }, { role: 'tool', tool_call_id: 'c', content: `${lines(36_000)}\n${end}` }], $ai_output_choices: [] } },
  'user text, 1 MB of letters': { last: end, more: { $ai_input: [{ role: 'user', content: `${letters(1_000_000)}\n${end}` }], $ai_output_choices: [] } },
  'tool calls, 5,000': { last: 'tool_4999', more: calls(5000) },
  'tool calls, 40,000': { last: 'tool_39999', more: calls(40_000) },
  'messages, 3,000': {
    last: end,
    more: { $ai_input: messages(3000), $ai_output_choices: [{ role: 'assistant', content: end }] },
  },
  'user text, 10 MB': { last: end, more: { $ai_input: [{ role: 'user', content: longest }], $ai_output_choices: [] } },
  'arguments with 30,000 members': { last: 'member_29999', more: call(Object.fromEntries(Array.from({ length: 30_000 }, (_, i) => [`member_${i}`, i % 3 ? i : `value ${i}`]))) },
  'arguments 3,000 deep': { last: null, more: call(nested(3000)) },
  'arguments with 1 MB of letters': { last: end, more: call({ file: letters(1_000_000), end }) },
}

/** A long chat. Its last message is the user's. */
export function messages(n) {
  return Array.from({ length: n }, (_, i) => ({ role: (n - i) % 2 ? 'user' : 'assistant', content: `Message ${i}: ${section(i).slice(0, 200)}` }))
}

function call(args) {
  return { $ai_output_choices: [{ role: 'assistant', content: null, tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'lookup', arguments: args } }] }] }
}

function calls(n) {
  return {
    $ai_output_choices: [{
      role: 'assistant', content: null,
      tool_calls: Array.from({ length: n }, (_, i) => ({ id: `call_${i}`, type: 'function', function: { name: `tool_${i}`, arguments: `{"i":${i},"q":"a question"}` } })),
    }],
  }
}

const base = Date.now() - 3_600_000

/** Makes a case: its events, and the path of the page once they are stored. */
function one(name, more) {
  const trace = `heavy-${randomUUID()}`
  const event = generation(base, { trace, input: 'Show this.', output: 'Yes.', more })
  return { name, events: [event], path: `/traces/${trace}`, ready: '[data-testid=message]', scroller: '[aria-label=Messages]' }
}

export const heavyAnswer = (name) => one(`answer: ${name}`, { $ai_output_choices: [{ role: 'assistant', content: answers[name] }] })
export const heavyContent = (name) => one(name, contents[name].more)
export const heavyInput = (name, input) => one(name, { $ai_input: input })

/** Sends the events and the recording of a case. */
export async function send(playhead, { events, recording }) {
  for (let i = 0; i < events.length; i += 2000) await capture(playhead, events.slice(i, i + 2000))
  if (recording) await capture(playhead, [recording], '/s/')
}

/** A trace of n spans, each with up to three children. */
export function heavyTrace(n) {
  const trace = `heavy-${randomUUID()}`
  const events = Array.from({ length: n }, (_, i) => ({
    uuid: randomUUID(), event: '$ai_span', distinct_id: 'visitor', timestamp: new Date(base + i).toISOString(),
    properties: { $ai_trace_id: trace, $ai_span_id: `s${i}`, ...(i > 0 && { $ai_parent_id: `s${Math.floor((i - 1) / 3)}` }), $ai_span_name: `step ${i}`, $ai_latency: 0.1 },
  }))
  return { name: `a trace of ${n.toLocaleString('en-US')} spans`, events, path: `/traces/${trace}`, ready: '[data-testid=tree-node]', scroller: '[role=tree]' }
}

/** A session with n custom events and m AI calls, all of it recorded. Clicks and page views are taken from the recording, custom events are not. */
export function heavySession(n, m) {
  const session = `heavy-${randomUUID()}`
  const events = Array.from({ length: n }, (_, i) => ({
    uuid: randomUUID(), event: 'filter changed', distinct_id: 'visitor', timestamp: new Date(base + i * 150).toISOString(),
    properties: { $session_id: session, $window_id: 'w', $current_url: `https://app.example/page/${i}` },
  }))
  const calls = Array.from({ length: m }, (_, i) => generation(base + Math.floor((i * n * 150) / m), { session, window: 'w', input: `Question ${i}`, output: `Answer ${i}` }))
  events.push(...calls)
  return {
    recording: snapshot(session, 'w', [...firstPicture(base, [], element('body', {}, element('p', {}, 'A quiet page'))), mouse(base + n * 150, 5, 5)]),
    name: `a session of ${n.toLocaleString('en-US')} activities and ${m.toLocaleString('en-US')} calls`, events, calls, path: `/sessions/${session}`,
    ready: m ? '[data-testid=mark-card]' : 'text=filter changed', scroller: m ? '[role=list]' : '[data-testid=inspector] [role=list]',
  }
}

/** Every case that is measured. Made anew for each run, as ids are. */
export const heavyCases = () => [
  ...Object.keys(answers).map(heavyAnswer),
  ...Object.keys(contents).map(heavyContent),
  heavyTrace(10_000),
  heavySession(20_000, 0),
  heavySession(5000, 3000),
]
