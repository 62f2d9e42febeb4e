// The ways in which answers reach a page. Each takes the data to send, a function that is called with each piece, and a signal to stop. It
// returns the trace's id if the backend sends it.

const { settings } = window
const api = `api.test:${settings.api}${settings.at ?? ''}`
const posthog = () => window.posthog ?? window.parent.posthog

/** The ids that the page sends by itself. With `headers`, posthog-js adds them instead. */
export function ids() {
  if (settings.ids === 'body') return { session: posthog().get_session_id(), window: posthog().sessionManager.checkAndGetSessionAndWindowId(true).windowId }
  if (settings.ids === 'session') return { session: posthog().get_session_id() }
  if (settings.ids === 'person') return { person: posthog().get_distinct_id() }
  return {}
}

const post = (path, request, signal) => fetch(`http://${api}${path}`, {
  method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ ...request, ...ids() }), signal,
})

export const transports = {
  async stream(request, add, signal) {
    const response = await post('/stream', request, signal)
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
    for (let read = await reader.read(); !read.done; read = await reader.read()) add(read.value)
    return response.headers.get('x-trace')
  },

  async once(request, add, signal) {
    const { text, trace } = await (await post('/once', request, signal)).json()
    add(text)
    return trace
  },

  events(request, add, signal) {
    const query = new URLSearchParams({ ...request, ...ids() })
    const source = new EventSource(`http://${api}/events?${query}`)
    return new Promise((done, fail) => {
      source.onmessage = ({ data }) => add(JSON.parse(data))
      source.addEventListener('end', ({ data }) => {
        source.close()
        done(data)
      })
      signal.addEventListener('abort', () => {
        source.close()
        fail(signal.reason)
      })
    })
  },

  socket(request, add, signal) {
    const socket = new WebSocket(`ws://${api}/`)
    socket.onopen = () => socket.send(JSON.stringify({ ...request, ...ids() }))
    return new Promise((done, fail) => {
      socket.onmessage = ({ data }) => {
        const { piece, end } = JSON.parse(data)
        if (piece) return add(piece)
        socket.close()
        done(end)
      }
      signal.addEventListener('abort', () => {
        socket.close()
        fail(signal.reason)
      })
    })
  },
}
