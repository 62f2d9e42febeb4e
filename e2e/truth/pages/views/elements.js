// Web components: the chat and each of its messages have their own shadow root, like a chat widget for other people's pages.
import { enter, html, start } from '../chat.js'
import { answer, connectForm, connectTools, form, updateTools } from './parts.js'

const styles = '<style>.chosen { background: #0a7 } li { list-style: none }</style>'

class ChatMessage extends HTMLElement {
  show(m, chat) {
    if (!this.shadowRoot) {
      this.attachShadow({ mode: 'open' }).innerHTML = `${styles}<div data-message="${m.id}">${answer('words')}</div>`
      enter(this.shadowRoot)
      connectTools(this.shadowRoot, chat, m.id)
    }
    updateTools(this.shadowRoot, m)
    if (this.source === m.text) return
    this.source = m.text
    this.shadowRoot.querySelector('.words').innerHTML = html(m.text)
  }
}

class ChatWidget extends HTMLElement {
  set chat(chat) {
    this.attachShadow({ mode: 'open' }).innerHTML = `${styles}<ol class="messages"></ol>${form}`
    enter(this.shadowRoot)
    const list = this.shadowRoot.querySelector('ol')
    const rows = new Map()
    const stop = connectForm(this.shadowRoot, chat)
    chat.subscribe(({ messages, busy }) => {
      stop.hidden = !busy
      for (const m of messages) {
        const key = `${m.role}${m.id}`
        if (!rows.has(key)) {
          const row = m.role === 'user' ? Object.assign(document.createElement('li'), { textContent: m.text }) : document.createElement('chat-message')
          rows.set(key, row)
          list.append(row)
        }
        if (m.role === 'assistant') rows.get(key).show(m, chat)
      }
    })
  }
}

customElements.define('chat-message', ChatMessage)
customElements.define('chat-widget', ChatWidget)
start((root, chat) => {
  const widget = document.createElement('chat-widget')
  root.append(widget)
  widget.chat = chat
})
