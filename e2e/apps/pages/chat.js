// The chat itself, the same on every page: it shows the question below the field, and then the answer.
export const settings = Object.fromEntries(new URLSearchParams(location.search))

/** What a test needs of posthog-js besides the documentation's options. */
export const forTests = { opt_out_useragent_filter: true }

/** When the question was sent and the answer had arrived, by this page's clock. */
const times = (window.times = {})

export function mount(ask) {
  const question = document.getElementById('question')
  const echo = document.getElementById('echo')
  const answer = document.getElementById('answer')
  question.addEventListener('input', () => { echo.textContent = `Typed: ${question.value}` })
  document.getElementById('chat').addEventListener('submit', async (event) => {
    event.preventDefault()
    times.sent = Date.now()
    answer.textContent = 'Waiting…'
    const response = await ask(question.value)
    answer.textContent = ''
    if (response.headers.get('content-type').startsWith('application/json')) {
      answer.textContent = (await response.json()).response
      times.answered = Date.now()
    } else {
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
      for (let read = await reader.read(); !read.done; read = await reader.read()) {
        answer.textContent += read.value
        times.answered = Date.now() // the end of the stream may come later, and is not visible
      }
    }
  })
}
