// Vue with v-html, the usual way to show Markdown in it.
import { createApp, h, ref, shallowRef } from 'vue'
import { html, start } from '../chat.js'

const button = (does, text, onClick, more) => h('button', { 'data-does': does, type: 'button', onClick, ...more }, text)

const Message = ({ m, chat }) => (m.role === 'user'
  ? h('li', { class: 'message user' }, m.text)
  : h('li', { class: 'message assistant', 'data-message': m.id }, [
    !m.text && !m.done ? h('p', { class: 'waiting' }, 'Thinking…') : null,
    h('div', { class: 'words', innerHTML: html(m.text) }),
    m.done ? h('div', { class: 'tools' }, [
      button('copy', m.copied ? 'Copied' : 'Copy', () => chat.copy(m.id)),
      button('retry', 'Try again', () => chat.retry(m.id)),
      button('up', '👍', () => chat.rate(m.id, true), { 'aria-label': 'Good answer', class: { chosen: m.rated === true } }),
      button('down', '👎', () => chat.rate(m.id, false), { 'aria-label': 'Bad answer', class: { chosen: m.rated === false } }),
    ]) : null,
  ]))
Message.props = ['m', 'chat']

start((root, chat) => createApp({
  setup() {
    const state = shallowRef(chat.state)
    const text = ref('')
    chat.subscribe((s) => { state.value = s })
    const send = (event) => {
      event.preventDefault()
      chat.ask(text.value)
      text.value = ''
    }
    return () => [
      h('ol', { class: 'messages' }, state.value.messages.map((m) => h(Message, { key: `${m.role}${m.id}`, m, chat }))),
      h('form', { onSubmit: send }, [
        h('textarea', { rows: 2, placeholder: 'Ask anything', value: text.value, onInput: (e) => { text.value = e.target.value }, onKeydown: (e) => e.key === 'Enter' && !e.shiftKey && send(e) }),
        h('button', { 'data-does': 'send' }, 'Send'),
        state.value.busy ? button('stop', 'Stop', () => chat.stop()) : null,
      ]),
      h('div', { class: 'suggestions' }, state.value.suggestions.map((s) => button('suggestion', s, () => chat.ask(s)))),
    ]
  },
}).mount(root))
