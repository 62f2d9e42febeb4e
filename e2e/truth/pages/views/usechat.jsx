// Vercel's useChat, as its package ships it: the state, the requests and the stream are its own.
import { useChat } from '@ai-sdk/react'
import { DefaultChatTransport } from 'ai'
import { useEffect, useRef, useState } from 'react'
import { createRoot } from 'react-dom/client'
import Markdown from 'react-markdown'
import { find, watch } from '../chat.js'
import { ids } from '../transports.js'
import { truth } from '../truth.js'

const { settings } = window
const textOf = (message) => message.parts.filter((p) => p.type === 'text').map((p) => p.text).join('')
const serials = new Map() // of the answers, by their ids: the old answer stays on the page until the regenerated one is requested
let latest = 0

const serialOf = (message) => {
  if (!serials.has(message.id)) serials.set(message.id, latest)
  return serials.get(message.id)
}

const transport = new DefaultChatTransport({
  api: `http://api.test:${settings.api}/ui`,
  prepareSendMessagesRequest: ({ messages }) => ({ body: { key: settings.key, serial: window.next, conversation: settings.key, message: textOf(messages.findLast((m) => m.role === 'user')), ...ids() } }),
})

function Chat() {
  const { messages, sendMessage, regenerate, stop, status } = useChat({ transport })
  const [text, setText] = useState('')
  const [asked, setAsked] = useState(0)
  const busy = status === 'submitted' || status === 'streaming'
  const wasBusy = useRef(false)
  useEffect(() => {
    if (busy) wasBusy.current = true
    if (busy || !wasBusy.current || !asked) return
    wasBusy.current = false
    truth.complete(asked)
    setAsked(0)
  }, [busy, asked])
  const ask = (question, send) => {
    const serial = window.next
    truth.asked(serial, question, () => find(serial))
    latest = serial
    setAsked(serial)
    send()
  }
  const send = (event) => {
    event.preventDefault()
    if (!text.trim()) return
    ask(text, () => sendMessage({ text }))
    setText('')
  }
  const again = (m) => ask(textOf(messages[messages.indexOf(m) - 1]), () => regenerate({ messageId: m.id }))
  return (
    <>
      <ol className="messages">
        {messages.map((m) => (m.role === 'user' ? <li key={m.id} className="message user">{textOf(m)}</li> : (
          <li key={m.id} className="message assistant" data-message={serialOf(m)}>
            <div className="words"><Markdown>{textOf(m)}</Markdown></div>
            {!busy && <div className="tools"><button data-does="retry" onClick={() => again(m)}>Try again</button></div>}
          </li>
        )))}
      </ol>
      <form onSubmit={send}>
        <textarea rows="2" placeholder="Ask anything" value={text} onChange={(e) => setText(e.target.value)} onKeyDown={(e) => e.key === 'Enter' && send(e)} />
        <button data-does="send">Send</button>
        {busy && <button type="button" data-does="stop" onClick={() => { truth.report('ended', { serial: asked }); setAsked(0); stop() }}>Stop</button>}
      </form>
    </>
  )
}

watch()
createRoot(document.getElementById('chat-0')).render(<Chat />)
