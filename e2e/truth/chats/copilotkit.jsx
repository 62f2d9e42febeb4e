// CopilotKit's chat, as its packages ship it: the state, the requests, the stream of AG-UI events and what it draws are its own.
import { CopilotKit } from '@copilotkit/react-core'
import { CopilotChat } from '@copilotkit/react-ui'
import '@copilotkit/react-ui/styles.css'
import { createRoot } from 'react-dom/client'
import { drawn, watch } from '../pages/chat.js'
import { truth } from '../pages/truth.js'

const { settings } = window
const serials = [] // of the answers, in their order

/** The element of an answer. The mark is only for the truth, which must know what is beside an answer. */
function find(serial) {
  const element = document.querySelectorAll('.copilotKitAssistantMessage')[serials.indexOf(serial)]
  if (!element) return []
  if (element.dataset.message !== String(serial)) element.dataset.message = serial // only once: the observers run again after each change
  const words = element.querySelector('.copilotKitMarkdown')
  return words ? [['0', words]] : []
}

let running = null

function asked(question) {
  running = window.next
  serials.push(running)
  const serial = running
  truth.asked(serial, question, () => find(serial))
}

async function inProgress(busy) {
  if (busy || running === null) return
  const serial = running
  running = null
  await drawn()
  truth.complete(serial)
}

const Chat = () => (
  <CopilotKit runtimeUrl={`http://api.test:${settings.api}/${settings.key}/copilotkit`} enableInspector={false}>
    <CopilotChat onSubmitMessage={asked} onInProgress={inProgress} />
  </CopilotKit>
)

watch()
createRoot(document.getElementById('chat-0')).render(<Chat />)
