// React with react-markdown: with each piece the whole answer is rendered again, and React keeps the nodes that did not change.
import { useState, useSyncExternalStore } from 'react'
import { createRoot } from 'react-dom/client'
import Markdown from 'react-markdown'
import { start } from '../chat.js'

const { settings } = window

function Chat({ chat }) {
  const { messages, busy, suggestions } = useSyncExternalStore(chat.subscribe, () => chat.state)
  const [text, setText] = useState('')
  const send = (event) => {
    event.preventDefault()
    chat.ask(text)
    setText('')
  }
  return (
    <>
      <ol className="messages">{messages.map((m) => <Message key={`${m.role}${m.id}`} m={m} chat={chat} />)}</ol>
      <form onSubmit={send}>
        <textarea rows="2" placeholder="Ask anything" value={text} onChange={(e) => setText(e.target.value)} onKeyDown={(e) => e.key === 'Enter' && !e.shiftKey && send(e)} />
        <button data-does="send">Send</button>
        {busy && <button type="button" data-does="stop" onClick={() => chat.stop()}>Stop</button>}
      </form>
      <div className="suggestions">{suggestions.map((s) => <button key={s} data-does="suggestion" onClick={() => chat.ask(s)}>{s}</button>)}</div>
    </>
  )
}

function Message({ m, chat }) {
  if (m.role === 'user') return <li className="message user">{m.text}</li>
  return (
    <li className="message assistant" data-message={m.id}>
      {!m.text && !m.done && <p className="waiting">Thinking…</p>}
      <div className="words">{settings.markdown ? <Markdown>{m.text}</Markdown> : m.text}</div>
      {m.done && (
        <div className="tools">
          <button data-does="copy" onClick={() => chat.copy(m.id)}>{m.copied ? 'Copied' : 'Copy'}</button>
          <button data-does="retry" onClick={() => chat.retry(m.id)}>Try again</button>
          <button data-does="up" aria-label="Good answer" className={m.rated === true ? 'chosen' : ''} onClick={() => chat.rate(m.id, true)}>👍</button>
          <button data-does="down" aria-label="Bad answer" className={m.rated === false ? 'chosen' : ''} onClick={() => chat.rate(m.id, false)}>👎</button>
        </div>
      )}
    </li>
  )
}

start((root, chat) => createRoot(root).render(<Chat chat={chat} />))
