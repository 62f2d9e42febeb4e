import { blocks, render } from './markdown.js'

const posthog = () => window.posthog // the snippet's stub is replaced when array.js has loaded
const by = (id) => document.getElementById(id)
const [chat, welcome, question, send, stop] = ['chat', 'welcome', 'question', 'send', 'stop'].map(by)

let conversation = crypto.randomUUID?.() ?? String(Date.now())
let messages = []
let running = null // the AbortController of the answer under way

by('composer').addEventListener('submit', (event) => {
  event.preventDefault()
  ask(question.value)
})
question.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
  event.preventDefault()
  ask(question.value)
})
question.addEventListener('input', fit)
by('suggestions').addEventListener('click', (event) => {
  if (event.target instanceof HTMLButtonElement) ask(event.target.textContent)
})
stop.addEventListener('click', () => running?.abort())
by('new').addEventListener('click', () => {
  running?.abort()
  conversation = crypto.randomUUID?.() ?? String(Date.now())
  messages = []
  chat.replaceChildren()
  welcome.hidden = false
  question.focus()
})
showHistory()
setTimeout(() => {
  if (posthog().__loaded) return
  by('notice').className = 'bad'
  by('notice').textContent = `Playhead at ${window.playhead} does not answer, so this visit is not recorded.`
}, 5000)

async function ask(text) {
  text = text.trim()
  if (!text || running) return
  question.value = ''
  fit()
  welcome.hidden = true
  add('user').textContent = text
  messages.push({ role: 'user', content: text })

  const answer = new Answer(add('assistant'))
  running = new AbortController()
  send.hidden = true
  stop.hidden = false
  const began = performance.now()
  let first, last
  try {
    const response = await fetch('/api/chat', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ conversation, messages }),
      signal: running.signal,
    })
    if (!response.ok) throw new Error(await response.text())
    for await (const part of lines(response.body)) {
      if (part.type === 'text') answer.write(part.text)
      else if (part.type === 'step') answer.step(part.text)
      else if (part.type === 'begin') first = part
      else last = part
    }
  } catch (error) {
    last = error.name === 'AbortError' ? { type: 'stopped', reported: true } : { type: 'error', text: error.message }
  }
  answer.end(first, last ?? { type: 'error', text: 'The answer broke off.' }, (performance.now() - began) / 1000)
  if (answer.text) messages.push({ role: 'assistant', content: answer.text })
  else messages.pop() // asking again must not send the question twice
  running = null
  send.hidden = false
  stop.hidden = true
  question.focus()
}

/** One answer on the page, growing. Blocks that are complete are not touched again. */
class Answer {
  text = ''
  #drawn = []

  constructor(item) {
    this.item = item
    this.body = item.appendChild(make('div', 'text waiting'))
  }

  write(piece) {
    this.text += piece
    const now = blocks(this.text)
    now.forEach((block, i) => {
      if (this.#drawn[i] === block) return
      const made = render(block)
      if (i < this.body.children.length) this.body.children[i].replaceWith(made)
      else this.body.append(made)
    })
    this.#drawn = now
    scrollDown()
  }

  step(name) {
    const step = make('p', 'step')
    step.textContent = name === 'look_up_order' ? 'Looking the order up' : name
    this.item.insertBefore(step, this.body)
    scrollDown()
  }

  end(first, last, seconds) {
    this.body.classList.remove('waiting')
    this.item.dataset.state = last.type
    if (last.type === 'error') {
      const failed = make('p', 'failed')
      failed.textContent = last.text
      this.item.append(failed)
    }
    const after = this.item.appendChild(make('div', 'after'))
    if (first) after.append(thumb('good', first.trace_id), thumb('bad', first.trace_id))
    after.appendChild(make('span')).textContent = last.type === 'stopped' ? 'Stopped' : `${seconds.toFixed(1)} s`
    if (first && last.reported) {
      const link = after.appendChild(make('a'))
      link.href = first.url
      link.target = '_blank'
      link.rel = 'noopener'
      link.dataset.testid = 'see-in-playhead'
      link.textContent = 'See it in Playhead'
      by('visit').href = first.url // the newest answer's trace
    } else if (first) {
      after.appendChild(make('span')).textContent = 'Playhead did not take the trace'
    }
    scrollDown()
  }
}

/** A button with which the user rates an answer. It reports the rating to Playhead. */
function thumb(value, trace) {
  const button = make('button', 'thumb')
  button.type = 'button'
  button.append(by(`thumb-${value}`).content.cloneNode(true))
  button.ariaLabel = value === 'good' ? 'Good answer' : 'Bad answer'
  button.ariaPressed = 'false'
  button.dataset.testid = `thumb-${value}`
  button.addEventListener('click', () => {
    if (button.ariaPressed === 'true') return
    for (const other of button.parentElement.querySelectorAll('.thumb')) other.ariaPressed = String(other === button)
    posthog().captureTraceFeedback(trace, value === 'good' ? 'Good answer' : 'Bad answer')
    posthog().captureTraceMetric(trace, 'thumb', value)
  })
  return button
}

/** Shows what is worth seeing in the history, and how much of it is sent. Asks again until all of it is sent. */
async function showHistory() {
  let state
  try {
    state = await (await fetch('/api/state')).json()
  } catch {
    setTimeout(showHistory, 5000)
    return
  }
  const [section, said, bar, finds] = ['history', 'history-state', 'history-progress', 'finds'].map(by)
  if (state.finds.length === 0 && !state.problem) {
    if (state.sent < 1) setTimeout(showHistory, 1000)
    return
  }
  section.hidden = false
  bar.hidden = state.sent === 1 || state.problem !== ''
  bar.value = state.sent
  said.textContent = state.problem ? `The history could not be sent: ${state.problem}`
    : state.sent < 1 ? `Thirty days of made-up history are being sent: ${Math.floor(100 * state.sent)} %. You can chat meanwhile.`
      : 'Thirty days of made-up history are in Playhead. Three things in them are worth seeing:'
  if (finds.children.length === 0) {
    finds.append(...state.finds.map((find) => {
      const link = make('a')
      link.href = window.playhead + find.path
      link.target = '_blank'
      link.rel = 'noopener'
      link.dataset.testid = 'find'
      link.textContent = find.title
      const detail = make('p')
      detail.textContent = find.detail
      const item = make('li')
      item.append(link, detail)
      return item
    }))
  }
  if (state.sent < 1 && !state.problem) setTimeout(showHistory, 1000)
}

/** The parts of a streamed answer, one JSON text a line. */
async function* lines(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    rest += value
    const whole = rest.split('\n')
    rest = whole.pop()
    for (const line of whole) if (line) yield JSON.parse(line)
  }
  if (rest) yield JSON.parse(rest)
}

function add(role) {
  const item = make('li', role)
  item.dataset.testid = role
  chat.append(item)
  scrollDown()
  return item
}

function make(tag, className = '') {
  const made = document.createElement(tag)
  if (className) made.className = className
  return made
}

function fit() {
  question.style.height = 'auto'
  question.style.height = `${question.scrollHeight}px`
}

function scrollDown() {
  const main = document.querySelector('main')
  main.scrollTop = main.scrollHeight
}
