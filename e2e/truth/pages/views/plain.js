// Without a framework. An answer is a text node that grows or, with Markdown, the innerHTML of its element, which is replaced completely with each piece.
import { html, start } from '../chat.js'
import { answer, connectForm, connectTools, form, updateTools } from './parts.js'

const { settings } = window

start((root, chat) => {
  root.innerHTML = `<ol class="messages"></ol>${form}<div class="suggestions"></div>`
  const [list, suggestions] = ['.messages', '.suggestions'].map((s) => root.querySelector(s))
  const rows = new Map()
  const stop = connectForm(root, chat)
  for (const text of chat.state.suggestions) {
    const button = Object.assign(document.createElement('button'), { textContent: text, onclick: () => chat.ask(text) })
    button.dataset.does = 'suggestion'
    suggestions.append(button)
  }

  function draw({ messages, busy }) {
    stop.hidden = !busy
    const wanted = new Set(messages.map(({ id, role }) => `${role}${id}`))
    for (const [key, row] of rows) {
      if (wanted.has(key)) continue
      row.remove()
      rows.delete(key)
    }
    for (const m of messages) {
      const key = `${m.role}${m.id}`
      let row = rows.get(key)
      if (!row) {
        rows.set(key, row = document.createElement('li'))
        row.className = `message ${m.role}`
        if (m.role === 'user') row.textContent = m.text
        else fill(row, m.id)
        list.append(row)
        row.scrollIntoView({ block: 'nearest' })
      }
      if (m.role === 'assistant') update(row, m)
    }
  }

  function fill(row, id) {
    row.dataset.message = id
    if (settings.messageClass) row.classList.add(settings.messageClass)
    row.innerHTML = answer(`words ${settings.wordsClass ?? ''}`)
    connectTools(row, chat, id)
  }

  function update(row, m) {
    const words = row.querySelector('.words')
    const atEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 80
    updateTools(row, m)
    const shown = row.querySelectorAll('.step').length
    for (const { name, result } of m.steps?.slice(shown) ?? []) {
      const step = Object.assign(document.createElement('div'), { className: 'step', innerHTML: '<b></b><pre></pre>' })
      step.firstChild.textContent = name
      step.lastChild.textContent = result
      words.before(step)
    }
    if (settings.follows && atEnd) requestAnimationFrame(() => scrollTo(0, document.documentElement.scrollHeight))
    if (words.source === m.text) return
    if (settings.markdown) words.innerHTML = html(m.text)
    else if (m.text.startsWith(words.source ?? '')) words.append(m.text.slice((words.source ?? '').length))
    words.source = m.text
  }

  chat.subscribe(draw)
})
