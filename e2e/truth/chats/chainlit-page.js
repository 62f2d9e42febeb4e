// What the truth must know about Chainlit's page: when a question is asked, where its answer is, and when it is complete.
import { drawn, watch } from '../pages/chat.js'
import { truth } from '../pages/truth.js'

const serials = [] // of the answers, in their order

function find(serial) {
  const element = document.querySelectorAll('[data-step-type="assistant_message"]')[serials.indexOf(serial)]
  const words = element?.querySelector('.message-content')
  if (!words) return []
  if (element.dataset.message !== String(serial)) element.dataset.message = serial // only once: the observers run again after each change
  return [['0', words]]
}

document.addEventListener('keydown', ({ key, target }) => {
  const text = target.id === 'chat-input' ? target.value.trim() : ''
  if (key !== 'Enter' || !text) return
  const serial = window.next
  serials.push(serial)
  truth.asked(serial, text, () => find(serial))
  complete(serial)
}, true)

/** Chainlit shows a button to stop while an answer comes. */
async function complete(serial) {
  const running = () => document.getElementById('stop-button')
  while (!running()) await drawn()
  while (running()) await drawn()
  await drawn()
  truth.complete(serial)
}

watch()
