// Two weeks of an application with three AI features, as its SDKs would have sent it: a support assistant in its customers' browsers, a coding
// agent, and a search box. The same every time, except for the clock. Every list and figure of the UI shows some of it.
import { capture } from './playhead.js'
import { element, firstPicture, mouse, mutation, snapshot } from './recording.js'

const day = 86_400_000
const hour = 3_600_000

/** Numbers that look random and are the same every time. */
function dice(seed) {
  const next = () => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  return { next, of: (all) => all[Math.floor(next() * all.length)], between: (low, high) => low + next() * (high - low), whole: (low, high) => Math.floor(low + next() * (high - low + 1)) }
}

/** An id that is the same every time: storing again changes nothing. */
function ids(dice) {
  const hex = (n) => Array.from({ length: n }, () => Math.floor(dice.next() * 16).toString(16)).join('')
  return () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`
}

const people = ['ann', 'ben', 'chloe', 'dev', 'eva', 'finn', 'gita', 'hugo', 'ines', 'jun', 'kim', 'lea'].map((name) => ({ id: `user-${name}`, name: name[0].toUpperCase() + name.slice(1), email: `${name}@example.com` }))

const questions = [
  ['Where is my order 48213?', 'It left the warehouse yesterday and arrives on Thursday.\n\n- **Carrier:** parcel service\n- **Last scan:** sorting centre, 06:40'],
  ['Can I change the delivery address?', 'Yes, until the parcel is handed to the carrier. I have opened the form for you.'],
  ['The blue tent arrived with a torn seam. What now?', 'I am sorry about that. You can have a **replacement** or your money back.\n\n1. Send us a photo of the seam.\n2. Choose what you prefer.\n3. The label for sending it back is free.'],
  ['Do you ship to islands?', 'We do. It takes two days longer and costs 4.90 more.'],
  ['How do I pitch the tent on sand?', 'Use wide pegs, and bury them flat:\n\n| ground | peg | depth |\n|---|---|--:|\n| sand | wide | 30 cm |\n| gravel | nail | 20 cm |'],
  ['My voucher does not work', 'It was valid until last Sunday. I have made you a new one, valid for 14 days.'],
  ['Is the stove allowed on a plane?', 'The stove is, when it is clean. The gas is not.'],
  ['I want to cancel my subscription', 'It ends with this month. You keep your discount until then.'],
]
const tasks = ['Make the export stream instead of collecting rows', 'Fix the flaky test of the cache', 'Add a dark theme to the settings page', 'Why does the build take four minutes?', 'Rename the column without downtime']
const searches = ['waterproof jacket xl', 'gift under 30', 'tent for four', 'vegan boots', 'sleeping bag -10']

/**
 * Sends these two weeks. Returns ids for opening pages: a trace with tools and a recording, its session and window, the moment of its question, a
 * conversation, and a generation.
 */
export async function sendBelievable(playhead, now = Date.now()) {
  const roll = dice(20261126)
  const id = ids(roll)
  const events = []
  const event = (name, who, at, properties) => {
    const one = { event: name, uuid: id(), distinct_id: who.id, timestamp: new Date(at).toISOString(), properties: { $lib: 'posthog-ai', $lib_version: '8.13.1', ...properties } }
    events.push(one)
    return one
  }
  for (const who of people) event('$identify', who, now - 15 * day, { $set: { name: who.name, email: who.email } })

  /** The release at a time. The latest one is slow and fails more often. */
  const released = (at) => (at > now - 1.6 * day ? '1.9.0' : at > now - 4 * day ? '1.8.2' : '1.8.1')
  const around = (at) => ({ $ai_release: released(at), environment: roll.next() < 0.12 ? 'staging' : 'production', plan: roll.of(['free', 'team', 'team', 'enterprise']) })
  const usage = (input, output, cached = 0) => ({ $ai_input_tokens: input, $ai_output_tokens: output, ...(cached && { $ai_cache_read_input_tokens: cached }) })

  /** A turn of the support assistant: a call that uses a tool, the tool, and the answer. Returns when it ended. */
  function support(who, at, [question, answer], { trace = id(), chat, session = {}, fails = false, within = around(at) }) {
    const slow = released(at) === '1.9.0' ? 2.2 : 1
    const first = roll.between(0.5, 1.1) * slow
    const tool = roll.between(0.08, 0.5)
    const second = roll.between(0.9, 2.4) * slow
    const all = { $ai_trace_id: trace, ...(chat && { $ai_session_id: chat }), $ai_agent_name: 'support', $ai_prompt_name: 'support-answer', $ai_prompt_version: at > now - 3 * day ? '12' : '11', ...within, ...session }
    const root = id()
    const model = { $ai_provider: 'openai', $ai_model: roll.next() < 0.8 ? 'gpt-5-mini' : 'gpt-5', $ai_http_status: 200, $ai_model_parameters: { temperature: 0.2 } }
    const instructions = { role: 'system', content: 'You are the support assistant of a camping shop. Answer in two sentences. Never promise a date that the carrier has not confirmed.' }
    const call = { id: `call_${trace.slice(0, 8)}`, type: 'function', function: { name: 'find_order', arguments: '{"order":48213}' } }
    const found = '{"order":48213,"state":"shipped","last_scan":"sorting centre","expected":"Thursday"}'
    const total = first + tool + (fails ? 0.4 : second)
    event('$ai_trace', who, at + total * 1000, { ...all, $ai_span_name: 'support chat', $ai_latency: total, $ai_input_state: [{ role: 'user', content: question }], ...(!fails && { $ai_output_state: [{ role: 'assistant', content: answer }] }) })
    event('$ai_span', who, at + total * 1000, { ...all, $ai_span_id: root, $ai_parent_id: trace, $ai_span_name: 'answer', $ai_latency: total })
    event('$ai_generation', who, at + first * 1000, {
      ...all, ...model, $ai_span_id: id(), $ai_parent_id: root, $ai_latency: first, $ai_time_to_first_token: first * 0.6, ...usage(roll.whole(900, 1900), roll.whole(20, 40), 768), $ai_input: [instructions, { role: 'user', content: question }],
      $ai_output_choices: [{ role: 'assistant', content: null, tool_calls: [call] }], $ai_tools: [{ type: 'function', function: { name: 'find_order', description: 'Looks an order up by its number.', parameters: { type: 'object', properties: { order: { type: 'integer' } } } } }],
    })
    event('$ai_span', who, at + (first + tool) * 1000, { ...all, $ai_span_id: id(), $ai_parent_id: root, $ai_span_name: 'find_order', $ai_span_type: 'tool', $ai_mcp_server: 'shop', $ai_latency: tool, $ai_input_state: { order: 48213 }, $ai_output_state: found })
    const last = event('$ai_generation', who, at + total * 1000, {
      ...all, ...model, $ai_span_id: id(), $ai_parent_id: root, $ai_latency: fails ? 0.4 : second,
      $ai_input: [instructions, { role: 'user', content: question }, { role: 'assistant', content: null, tool_calls: [call] }, { role: 'tool', tool_call_id: call.id, content: found }],
      ...(fails
        ? { $ai_is_error: true, $ai_http_status: 429, $ai_error: `Rate limit reached for ${model.$ai_model} on tokens per min: limit 200000, requested ${roll.whole(201_000, 240_000)}. Please try again in ${roll.whole(200, 900)}ms.` }
        : { ...usage(roll.whole(1100, 2300), roll.whole(60, 190), 1024), $ai_time_to_first_token: roll.between(0.3, 0.7) * slow, $ai_stop_reason: 'stop', $ai_output_choices: [{ role: 'assistant', content: answer }] }),
    })
    return { trace, generation: last.uuid, endMs: at + total * 1000 }
  }

  let conversation
  for (let i = 0; i < 100; i++) {
    const at = now - roll.between(0.02, 14) * day
    const [who, chat, within] = [roll.of(people), `chat-${id()}`, around(at)]
    let from = at
    const turns = roll.whole(1, 4)
    for (let turn = 0; turn < turns; turn++) {
      const { trace, endMs } = support(who, from, roll.of(questions), { chat, within, fails: roll.next() < (released(from) === '1.9.0' ? 0.16 : 0.03) })
      if (roll.next() < 0.25) event('$ai_feedback', who, endMs + 9000, { ...within, $ai_trace_id: trace, $ai_feedback_text: roll.of(['That helped, thank you', 'This is not what I asked', 'It took too long', 'Right answer']) })
      if (roll.next() < 0.5) event('$ai_metric', who, endMs + 60_000, { ...within, $ai_trace_id: trace, $ai_metric_name: 'grounded', $ai_metric_value: roll.of(['0.9', '0.95', '0.4', '1']) })
      from = endMs + roll.between(12, 140) * 1000
    }
    if (turns > 2) conversation = chat
  }

  for (let i = 0; i < 26; i++) {
    const at = now - roll.between(0.05, 14) * day
    const [who, trace] = [roll.of(people), id()]
    const all = { $ai_trace_id: trace, $ai_agent_name: 'coder', ...around(at) }
    const task = roll.of(tasks)
    const steps = roll.whole(3, 7)
    let from = at
    for (let step = 0; step < steps; step++) {
      const took = roll.between(2, 9)
      const tool = roll.of(['read_file', 'search_code', 'run_tests', 'edit_file'])
      event('$ai_generation', who, from + took * 1000, {
        ...all, $ai_span_id: id(), $ai_provider: 'anthropic', $ai_model: 'claude-sonnet-4-5', $ai_latency: took, $ai_time_to_first_token: took * 0.2, ...usage(roll.whole(6000, 42_000), roll.whole(150, 900), roll.whole(3000, 5000)), $ai_stop_reason: 'tool_use',
        $ai_input: [{ role: 'user', content: task }], $ai_output_choices: [{ role: 'assistant', content: [{ type: 'text', text: `I look at step ${step + 1}.` }, { type: 'tool_use', id: `t${step}`, name: tool, input: { path: 'src/export.ts' } }] }],
      })
      const failed = tool === 'run_tests' && roll.next() < 0.4
      event('$ai_span', who, from + (took + 2) * 1000, { ...all, $ai_span_id: id(), $ai_span_name: tool, $ai_span_type: 'tool', $ai_mcp_server: 'workspace', $ai_latency: roll.between(0.1, 2), ...(failed && { $ai_is_error: true, $ai_error: `exit status 1: ${roll.whole(1, 9)} of 214 tests failed` }) })
      from += (took + 2.5) * 1000
    }
  }

  for (let i = 0; i < 110; i++) {
    const at = now - roll.between(0.01, 14) * day
    const who = roll.of(people)
    const own = roll.next() < 0.2
    event('$ai_generation', who, at, {
      $ai_trace_id: id(), $ai_span_id: id(), ...around(at), $ai_agent_name: 'search', $ai_prompt_name: 'search-intent', $ai_prompt_version: '3', $ai_latency: roll.between(0.2, 0.7), $ai_time_to_first_token: 0.15, ...usage(roll.whole(200, 320), roll.whole(12, 30)), $ai_stop_reason: 'stop',
      $ai_provider: own ? 'house' : 'google', $ai_model: own ? 'house-ranker-2' : 'gemini-2.5-flash', $ai_input: [{ role: 'user', content: roll.of(searches) }], $ai_output_choices: [{ role: 'assistant', content: '{"category":"outdoor","size":"xl","max_price":null}' }],
    })
  }

  // A person who was recorded while asking, twenty minutes ago.
  const [session, window, ann] = [id(), id(), people[0]]
  const at = now - 20 * 60_000
  const { recording, asked, answered } = chatRecording(session, window, at, questions[2], questions[3])
  const where = { $session_id: session, $window_id: window }
  event('$pageview', ann, at, { $lib: 'web', $lib_version: '1.449.2', environment: 'staging', ...where, $current_url: 'https://shop.example.com/help' })
  const main = support(ann, asked[0], questions[2], { chat: 'chat-of-the-tent', session: where, within: { $ai_release: '1.9.0', environment: 'staging', plan: 'team' } })
  event('$autocapture', ann, asked[0] - 100, { $lib: 'web', $lib_version: '1.449.2', ...where, $event_type: 'click', $el_text: 'Send', $current_url: 'https://shop.example.com/help' })
  support(ann, asked[1], questions[3], { chat: 'chat-of-the-tent', session: where, within: { $ai_release: '1.9.0', environment: 'staging', plan: 'team' } })
  event('$ai_feedback', ann, answered + 3000, { environment: 'staging', $ai_trace_id: main.trace, $ai_feedback_text: 'That helped, thank you' })

  await capture(playhead, events)
  await capture(playhead, [recording], '/s/')
  return { ...main, session, window, momentMs: Math.round(asked[0]), conversation: 'chat-of-the-tent', longChat: conversation }
}

/** What the browser recorded of two questions to the support assistant. */
function chatRecording(session, window, at, ...turns) {
  const bubble = (text, own) => element('div', {
    style: `max-width:70%;margin:8px 0;padding:10px 14px;border-radius:12px;font:15px/1.5 system-ui,sans-serif;white-space:pre-line;${own ? 'margin-left:auto;background:#1f6f54;color:#fff' : 'background:#eef2ee;color:#1c2621'}`,
  }, text)
  const log = element('div', { style: 'flex:1;overflow:hidden;padding:18px 22px;display:flex;flex-direction:column' }, bubble('Hello! How can I help?', false))
  const box = element('textarea', { style: 'flex:1;height:44px;border:1px solid #b9c6bd;border-radius:8px;padding:10px;font:15px system-ui,sans-serif;resize:none', placeholder: 'Ask us anything' })
  const send = element('button', { style: 'width:92px;border:0;border-radius:8px;background:#1f6f54;color:#fff;font:600 15px system-ui,sans-serif' }, 'Send')
  const nav = element('div', { style: 'display:flex;gap:26px;align-items:center;height:58px;padding:0 28px;background:#17352b;color:#fff;font:600 18px system-ui,sans-serif' }, 'Fernweh Camping', ...['Tents', 'Stoves', 'Help'].map((text) => element('span', { style: 'font:15px system-ui,sans-serif;opacity:.85' }, text)))
  const side = element('div', { style: 'width:280px;padding:26px;font:15px/1.7 system-ui,sans-serif;color:#33413a' }, element('h2', { style: 'margin:0 0 8px;font:600 20px system-ui,sans-serif' }, 'Help'), element('p', {}, 'Ask our assistant. It knows your orders, our tents and how to pitch them.'), element('p', {}, 'Order 48213: tent “Dune 4”, blue'))
  const chat = element('div', { style: 'flex:1;margin:22px;display:flex;flex-direction:column;border:1px solid #d5ded8;border-radius:14px;background:#fff;overflow:hidden' }, log, element('div', { style: 'display:flex;gap:10px;padding:14px;border-top:1px solid #e4ebe6' }, box, send))
  const body = element('body', { style: 'margin:0;background:#f6f8f6' }, nav, element('div', { style: 'display:flex;height:642px' }, side, chat))
  const events = firstPicture(at, [], body, 'https://shop.example.com/help')
  const typed = (ms, text) => events.push({ type: 3, data: { source: 5, id: box.id, text, isChecked: false }, timestamp: ms })
  const add = (ms, node) => events.push(mutation(ms, { adds: [{ parentId: log.id, nextId: null, node: { ...node, childNodes: [] } }, ...node.childNodes.map((child) => ({ parentId: node.id, nextId: null, node: child }))] }))
  const asked = []
  let now = at + 3000
  for (const [question, answer] of turns) {
    events.push(mouse(now, 620, 640))
    for (let n = 4; n < question.length + 4; n += 4) {
      typed(now, question.slice(0, n))
      now += 260
    }
    events.push(mouse(now, 905, 640))
    now += 500
    typed(now, '')
    add(now, bubble(question, true))
    asked.push(now)
    now += 6400 // slow, as release 1.9.0 is
    add(now, bubble(answer.replaceAll('**', ''), false))
    now += 5000
    events.push(mouse(now, 640, 420))
  }
  return { recording: snapshot(session, window, events.toSorted((a, b) => a.timestamp - b.timestamp)), asked, answered: now }
}
