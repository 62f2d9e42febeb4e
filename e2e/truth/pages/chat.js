// A chat as applications build it, with nothing for Playhead except what the documentation requires. Views (views/) draw it;
// transports.js brings the answers. Only `truth` knows what is measured.
import { marked } from 'marked'
import { listen, truth } from './truth.js'
import { transports } from './transports.js'

const { settings } = window

/** What a view draws: an object that is replaced at each change. */
function createChat(name) {
  let state = { name, messages: [], busy: false, suggestions: settings.suggestions ?? [] }
  const listeners = new Set()
  let running = null
  const set = (change) => {
    state = { ...state, ...change }
    listeners.forEach((f) => f(state))
  }
  const message = (id, change) => set({ messages: state.messages.map((m) => (m.id === id && m.role === 'assistant' ? { ...m, ...change } : m)) })

  async function ask(text, shown = true) {
    if (!text.trim()) return
    const serial = window.next // the number of the scenario's question
    const conversation = `${settings.key}-${name}`
    truth.asked(serial, text, () => find(serial))
    set({
      busy: true,
      messages: [...state.messages, ...(shown ? [{ id: serial, role: 'user', text, done: true }] : []), ...(settings.opens ? [] : [{ id: serial, role: 'assistant', text: '', done: false }])],
    })
    const show = settings.opens ? elsewhere(serial) : typewriter((text) => message(serial, { text }))
    const controller = (running = new AbortController())
    let [stopped, arrived] = [false, false]
    const came = (piece) => {
      const words = steps(piece, (step) => message(serial, { steps: [...state.messages.findLast((m) => m.id === serial).steps ?? [], step] }))
      if (words && !arrived) truth.report('arrived', { serial })
      arrived ||= Boolean(words)
      show.add(words)
    }
    try {
      truth.report('request', { serial })
      const trace = await transports[settings.transport ?? 'stream']({ key: settings.key, serial, conversation, message: text }, came, controller.signal)
      message(serial, { trace })
      await show.end()
    } catch (error) {
      if (error.name !== 'AbortError') throw error
      stopped = true
      show.stop()
    }
    if (running === controller) running = null
    set({ busy: Boolean(running) })
    message(serial, { done: true })
    await drawn()
    if (!stopped && !settings.opens) truth.complete(serial, settings.view === 'virtual' ? truth.letters(plain(show.text())) : undefined)
    else truth.report('ended', { serial })
  }

  return {
    get state() { return state },
    subscribe(f) {
      listeners.add(f)
      return () => listeners.delete(f)
    },
    ask,
    stop: () => running?.abort(),
    retry(id) {
      const question = state.messages.findLast((m) => m.role === 'user' && m.id <= id)
      set({ messages: settings.replaces ? state.messages.filter((m) => m.id !== id || m.role === 'user') : state.messages })
      return ask(question.text, false)
    },
    copy(id) {
      write(state.messages.find((m) => m.id === id && m.role === 'assistant').text)
      message(id, { copied: true })
    },
    rate(id, good) {
      const { trace } = state.messages.find((m) => m.id === id && m.role === 'assistant')
      if (settings.thumbs === 'traced') window.posthog.captureTraceFeedback(trace, good ? 'good' : 'bad')
      if (settings.thumbs === 'event') window.posthog.capture('$ai_feedback', { $ai_feedback_text: good ? 'good' : 'bad' })
      message(id, { rated: good })
    },
    /** Shows an answer that another window asked for. */
    receive(serial) {
      set({ messages: [...state.messages, { id: serial, role: 'assistant', text: '', done: false }] })
      truth.shows(serial, () => find(serial))
      const show = typewriter((text) => message(serial, { text }))
      return { add: show.add, async end() {
        await show.end()
        message(serial, { done: true })
        await drawn()
        truth.complete(serial)
      } }
    },
  }
}

/** Fills the clipboard like pages without HTTPS, which have no navigator.clipboard. */
function write(text) {
  document.addEventListener('copy', (event) => {
    event.clipboardData.setData('text/plain', text)
    event.preventDefault()
  }, { once: true })
  document.execCommand('copy')
}

/** Takes the steps of an agent out of a piece of its answer. */
const steps = (piece, each) => piece.replace(/\u0002(.*?)\u0003/gs, (_, step) => each(JSON.parse(step)) ?? '')

/** Draws text as it comes or, with the setting `typewriter`, that many characters a second. */
function typewriter(draw) {
  let [received, drawnLength, ended, timer] = ['', 0, null, null]
  const { typewriter: speed } = settings
  const step = () => {
    drawnLength = Math.min(received.length, drawnLength + Math.ceil(speed / 20))
    draw(received.slice(0, drawnLength))
    if (drawnLength < received.length) return
    clearInterval(timer)
    timer = null
    ended?.()
  }
  return {
    text: () => received,
    add(piece) {
      received += piece
      if (!speed) return draw(received)
      timer ??= setInterval(step, 50)
    },
    end: () => (timer ? new Promise((done) => { ended = done }) : Promise.resolve()),
    stop: () => clearInterval(timer),
  }
}

/** Opens the answer in another tab and sends it there. */
function elsewhere(serial) {
  const channel = new BroadcastChannel(settings.key)
  const waiting = []
  let ready = false
  channel.onmessage = ({ data }) => {
    if (!data.ready) return
    ready = true
    waiting.splice(0).forEach((m) => channel.postMessage(m))
  }
  const send = (m) => (ready ? channel.postMessage(m) : waiting.push(m))
  window.open(`${location.pathname}?beside=${serial}`, '_blank')
  return { text: () => '', add: (piece) => send({ piece }), end: async () => send({ end: true }), stop() {} }
}

/** Resolves when the view has drawn: after two frames, or after 300 ms in a hidden tab, which has no frames. */
export const drawn = () => Promise.race([new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)) }), new Promise((done) => { setTimeout(done, 300) })])

const roots = [document]

/** Where an answer is on the page: [name, element] of each part. */
export const find = (serial) => roots.flatMap((root) => [...root.querySelectorAll(`[data-message="${serial}"] .words, .words[data-message="${serial}"]`)])
  .map((element, i) => [element.dataset.row ?? String(i), element])

/** Makes the truth observe a shadow root, too. */
export function enter(root) {
  if (roots.includes(root)) return
  roots.push(root)
  truth.observe(root)
}

export const html = (text) => (settings.markdown ? marked.parse(text) : text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`))
export const plain = (text) => text.replace(/[*_`#|]/g, '')

/** Makes the truth record what the user does, for pages that bring their own chat. */
export const watch = () => listen()

/** Draws the chats of the page with a view. */
export function start(mount) {
  watch()
  const names = settings.chats ?? ['chat']
  window.chats = names.map(createChat)
  window.chats.forEach((chat, i) => mount(document.getElementById(`chat-${i}`), chat))
  const beside = Number(new URLSearchParams(location.search).get('beside'))
  if (beside) {
    const show = window.chats[0].receive(beside)
    const channel = new BroadcastChannel(settings.key)
    channel.onmessage = ({ data }) => (data.end ? show.end() : data.piece && show.add(data.piece))
    const recorded = setInterval(() => { // without it, on a busy machine an answer was complete before its tab was recorded
      if (!window.posthog?.sessionRecordingStarted?.()) return
      clearInterval(recorded)
      channel.postMessage({ ready: true })
    }, 50)
  }
}
