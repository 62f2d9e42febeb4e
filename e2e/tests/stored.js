// Stored text that is made to break pages is shown as text on every page: it runs nothing, contacts no server, and stays in its place.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { it } from 'node:test'
import { guarded, markup, ranAnywhere, run } from '../lib/guard.js'
import { longest } from '../lib/heavy.js'
import { open, sections, shown } from '../lib/places.js'
import { capture } from '../lib/playhead.js'
import { counting } from '../lib/recording.js'

/** Texts for every name, id and message, and the part of each that must be readable. */
const shapes = (evil) => ({
  markup: { text: `${markup(evil)} end-of-markup`, read: '<script>' },
  'right to left': { text: '\u202eoverridden \u2067isolated \u05d0\u05d1\u05d2 \u0627\u0644\u0639\u0631\u0628\u064a\u0629 left open', read: '\u05d0\u05d1\u05d2' },
  'control characters': { text: 'before\u0000after \u001b[31mred\u001b[0m \u0007bell \u0008back \u009b2J \ufeffmark \r\n\t\u2028lines', read: 'after' },
  'a bomb of markdown': { text: `${'['.repeat(2000)}${'![](<'.repeat(400)}${'*_**__'.repeat(400)}${'>'.repeat(300)} [x](javascript:${run})`, read: '[[[[' },
  'a word without end': { text: `W${'w'.repeat(4000)}`, read: 'Wwww' },
  'letters under letters': { text: `Z${'\u0301\u0489'.repeat(800)} end`, read: 'Z' },
})
const names = Object.keys(shapes(''))

/** `own` returns the server of these pages, with its project for hostile text. */
export function stored(env, own) {
  it('stored text of any shape is text on every page', { timeout: 600_000 }, () => {
    const { playhead, hostileProject, hostileToken } = own()
    return guarded({ ...env, playhead }, async ({ page, evil }) => {
      const chat = `hostile-${randomUUID()}`
      const all = shapes(evil)
      for (const name of names) await send({ ...playhead, token: hostileToken }, all[name].text, `${chat}-${names.indexOf(name)}`)
      // A turn of a chat that is about as long as an event may be.
      await capture({ ...playhead, token: hostileToken }, [event('$ai_generation', 'anybody', { $ai_trace_id: `${chat}-long`, $ai_session_id: `${chat}-long`, $ai_model: 'gpt-5', $ai_input: [{ role: 'user', content: longest }], $ai_output_choices: [{ role: 'assistant', content: 'Yes.' }] })])

      const paths = [...await sections(page, playhead), '/overview?by=release', '/overview?by=prop.note', `/conversations/${chat}-long`, ...names.flatMap((_, i) => [`/traces/${chat}-${i}-trace`, `/sessions/${chat}-${i}-session`, `/conversations/${chat}-${i}`])]
      for (const path of paths) {
        await open(page, playhead, `${path}${path.includes('?') ? '&' : '?'}project=${hostileProject}`)
        const list = page.locator('main [role=row][data-id]')
        if (await page.getByTestId('histogram').count() > 0) await list.first().waitFor()
        const harmless = async () => {
          assert.equal(await page.evaluate(ranAnywhere), false, `${path}: a script ran`)
          assert.deepEqual(await page.evaluate(outOfPlace), [], `${path}: out of place`)
        }
        await harmless()
        if (!path.startsWith('/traces/')) continue
        // Looks at each span with everything unfolded, and at the last one as it was sent.
        for (let span = 0; span < 5; span++) {
          await page.keyboard.press('j')
          await shown(page)
          for (const summary of await page.locator('main summary').all()) await summary.click()
          await harmless()
        }
        await page.keyboard.press('x')
        await page.getByTestId('raw').waitFor()
        await harmless()
      }
      // A page of each kind shows it as it was sent.
      for (const [i, name] of names.entries()) {
        await open(page, playhead, `/traces/${chat}-${i}-trace?project=${hostileProject}`)
        await page.getByTestId('message').filter({ hasText: all[name].read }).first().waitFor()
        await open(page, playhead, `/feedback?project=${hostileProject}`)
        await page.getByTestId('feedback-row').filter({ hasText: all[name].read }).first().waitFor()
      }
    })
  })
}

const event = (name, who, properties) => ({ event: name, uuid: randomUUID(), distinct_id: who, timestamp: new Date(Date.now() - 600_000).toISOString(), properties })

/** Sends one of everything that is stored, with the text wherever a text can be. */
async function send(playhead, text, chat) {
  const who = `${chat}-person`
  const [session, window] = [`${chat}-session`, `${chat}-window`]
  const within = { $ai_trace_id: `${chat}-trace`, $ai_session_id: chat, $session_id: session, $window_id: window, $ai_agent_name: text, $ai_prompt_name: text, $ai_prompt_version: text, $ai_release: text, environment: text, note: text, [text.slice(0, 60)]: text }
  const model = { $ai_model: text, $ai_provider: text, $lib: text, $lib_version: text, $ai_stop_reason: text, $ai_latency: 1, $ai_input_tokens: 10, $ai_output_tokens: 10 }
  await capture(playhead, [
    event('$identify', who, { $set: { name: text, email: text } }),
    event('$pageview', who, { $session_id: session, $window_id: window, $current_url: text }),
    event('$autocapture', who, { $session_id: session, $window_id: window, $current_url: text, $event_type: 'click', $el_text: text }),
    event('$ai_trace', who, { ...within, $ai_span_name: text, $ai_latency: 2 }),
    event('$ai_generation', who, {
      ...within, ...model, $ai_span_id: `${chat}-call`, $ai_input: [{ role: 'system', content: text }, { role: text, name: text, content: text }, { role: 'user', content: text }],
      $ai_output_choices: [{ role: 'assistant', content: text, tool_calls: [{ id: text, type: 'function', function: { name: text, arguments: JSON.stringify({ [text.slice(0, 60)]: text }) } }] }],
      $ai_tools: [{ type: 'function', function: { name: text, description: text, parameters: { title: text } } }], $ai_model_parameters: { stop: text },
    }),
    event('$ai_generation', who, { ...within, ...model, $ai_span_id: `${chat}-failed`, $ai_is_error: true, $ai_error: text, $ai_input: [{ role: 'user', content: text }] }),
    event('$ai_span', who, { ...within, $ai_span_id: `${chat}-tool`, $ai_span_name: text, $ai_span_type: 'tool', $ai_mcp_server: text, $ai_is_error: true, $ai_error: text, $ai_input_state: text, $ai_output_state: text }),
    event('$ai_feedback', who, { $ai_trace_id: within.$ai_trace_id, $ai_feedback_text: text }),
    event('$ai_metric', who, { $ai_trace_id: within.$ai_trace_id, $ai_metric_name: text, $ai_metric_value: text }),
  ])
  await capture(playhead, [counting(session, window, Date.now() - 660_000)], '/s/')
}

/** In the page: what is larger than its place, what is not the UI's own, and text that changes the writing direction of its neighbours. */
function outOfPlace() {
  const out = []
  const root = document.documentElement
  if (root.scrollWidth > innerWidth || root.scrollHeight > innerHeight) out.push(`the page is ${root.scrollWidth} × ${root.scrollHeight} px`)
  const elements = document.querySelectorAll('*').length
  if (elements > 5000) out.push(`${elements} elements`)
  for (const strange of document.querySelectorAll('main :is(script, style, meta, base, object, embed, link, [onerror], [onload], [onfocus])')) out.push(strange.outerHTML.slice(0, 120))
  for (const row of document.querySelectorAll('main [role=row][data-id], main [data-testid=tree-node]')) {
    const box = row.getBoundingClientRect()
    if (row.scrollHeight > row.clientHeight + 1) out.push(`a row is ${row.scrollHeight} of ${row.clientHeight} px high`)
    for (const cell of row.children) {
      const own = cell.getBoundingClientRect()
      if (own.right > box.right + 1) out.push(`a cell ends ${own.right - box.right} px right of its row`)
      if (cell.scrollWidth > cell.clientWidth + 1 && getComputedStyle(cell).overflowX === 'visible') out.push(`a cell is ${cell.scrollWidth} of ${cell.clientWidth} px wide: ${cell.innerText.slice(0, 40)}`)
    }
  }
  const texts = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT)
  while (texts.nextNode()) {
    const { parentElement, data } = texts.currentNode
    // A tooltip that only the pointer shows on a drawing is not part of the text.
    if (!data.includes('\u202e') || parentElement.tagName === 'title') continue
    const { unicodeBidi, display } = getComputedStyle(parentElement)
    if (unicodeBidi === 'normal' && display === 'inline') out.push(`text turns what is beside it around: ${parentElement.outerHTML.slice(0, 120)}`)
  }
  return [...new Set(out)]
}
