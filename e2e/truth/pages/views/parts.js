// The parts that the views without a framework share: the form for questions, and the buttons beside an answer.

export const form = '<form><textarea rows="2" placeholder="Ask anything"></textarea><button data-does="send">Send</button><button type="button" data-does="stop" hidden>Stop</button></form>'

/** Makes the form in root ask and stop. `asks` is called before each question. Returns the form's stop button. */
export function connectForm(root, chat, asks = () => {}) {
  const [form, field, stop] = ['form', 'textarea', '[data-does=stop]'].map((s) => root.querySelector(s))
  form.onsubmit = (event) => {
    event.preventDefault()
    asks()
    chat.ask(field.value)
    field.value = ''
  }
  field.onkeydown = (event) => {
    if (event.key !== 'Enter' || event.shiftKey) return
    event.preventDefault()
    form.requestSubmit()
  }
  stop.onclick = () => chat.stop()
  return stop
}

/** The HTML of an answer that has not arrived. `classes` are those of the element with its words. */
export const answer = (classes) => `<p class="waiting">Thinking…</p><div class="${classes}"></div><div class="tools" hidden><button data-does="copy">Copy</button><button data-does="retry">Try again</button><button data-does="up" aria-label="Good answer">👍</button><button data-does="down" aria-label="Bad answer">👎</button></div>`

export function connectTools(root, chat, id) {
  root.querySelector('.tools').onclick = ({ target }) => {
    const { does } = target.dataset
    if (does === 'copy') chat.copy(id)
    if (does === 'retry') chat.retry(id)
    if (does === 'up' || does === 'down') chat.rate(id, does === 'up')
  }
}

/** Updates everything of an answer except its words. */
export function updateTools(root, m) {
  root.querySelector('.waiting').hidden = Boolean(m.text) || m.done
  root.querySelector('.tools').hidden = !m.done
  if (m.copied) root.querySelector('[data-does=copy]').textContent = 'Copied'
  if (m.rated !== undefined) root.querySelector(`[data-does=${m.rated ? 'up' : 'down'}]`).className = 'chosen'
}
