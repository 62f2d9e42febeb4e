// assistant-ui, as its package ships it: the thread, the composer, the messages and their smooth text are its own.
import { ActionBarPrimitive, AssistantRuntimeProvider, ComposerPrimitive, MessagePrimitive, ThreadPrimitive, useLocalRuntime } from '@assistant-ui/react'
import { createRoot } from 'react-dom/client'
import { drawn, watch } from '../chat.js'
import { transports } from '../transports.js'
import { truth } from '../truth.js'

const { settings } = window
const serials = [] // of the answers, in their order

/** The element of an answer. The mark is only for the truth, which must know what is beside an answer. */
function find(serial) {
  const element = document.querySelectorAll('.assistant')[serials.indexOf(serial)]
  if (!element) return []
  if (element.dataset.message !== String(serial)) element.dataset.message = serial // only once: the observers run again after each change
  return [['0', element.querySelector('.words')]]
}

const adapter = {
  async* run({ messages, abortSignal }) {
    const serial = window.next
    const question = messages.findLast((m) => m.role === 'user').content.find((p) => p.type === 'text').text
    if (serials.length >= messages.filter((m) => m.role === 'user').length) serials.pop() // the last answer is generated again
    serials.push(serial)
    truth.asked(serial, question, () => find(serial))
    let [text, wake] = ['', null]
    let ended = false
    const all = transports.stream({ key: settings.key, serial, conversation: settings.key, message: question }, (piece) => {
      text += piece
      wake?.()
    }, abortSignal).finally(() => {
      ended = true
      wake?.()
    })
    while (!ended) {
      await new Promise((resolve) => { wake = resolve })
      yield { content: [{ type: 'text', text }] }
    }
    await all
    settle(serial, text)
  },
}

/** The text is drawn smoothly, later than it arrives. The answer is complete when all of it is drawn. */
async function settle(serial, text) {
  const wanted = truth.letters(text)
  while (truth.drawnLetters(serial) < wanted) await drawn()
  truth.complete(serial)
}

const Message = () => (
  <MessagePrimitive.Root className="message assistant">
    <div className="words"><MessagePrimitive.Parts /></div>
    <ActionBarPrimitive.Root hideWhenRunning>
      <ActionBarPrimitive.Reload data-does="retry">Try again</ActionBarPrimitive.Reload>
    </ActionBarPrimitive.Root>
  </MessagePrimitive.Root>
)
const Question = () => <MessagePrimitive.Root className="message user"><MessagePrimitive.Parts /></MessagePrimitive.Root>

function Chat() {
  return (
    <AssistantRuntimeProvider runtime={useLocalRuntime(adapter)}>
      <ThreadPrimitive.Root>
        <ThreadPrimitive.Viewport><ThreadPrimitive.Messages components={{ UserMessage: Question, AssistantMessage: Message }} /></ThreadPrimitive.Viewport>
        <ComposerPrimitive.Root>
          <ComposerPrimitive.Input placeholder="Ask anything" />
          <ComposerPrimitive.Send data-does="send">Send</ComposerPrimitive.Send>
          <ComposerPrimitive.Cancel data-does="stop">Stop</ComposerPrimitive.Cancel>
        </ComposerPrimitive.Root>
      </ThreadPrimitive.Root>
    </AssistantRuntimeProvider>
  )
}

watch()
createRoot(document.getElementById('chat-0')).render(<Chat />)
