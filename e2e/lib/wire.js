// A connection between two programs that can be cut, to simulate failures between machines.
import { connect, createServer } from 'node:net'
import { listen } from './listen.js'

/** Forwards connections to a host and port. Its own port stays the same while it is cut. */
export async function openWire(host, port) {
  const open = new Set()
  let cut = false
  const server = createServer((near) => {
    if (cut) return near.destroy()
    const far = connect(port, host)
    for (const [one, other] of [[near, far], [far, near]]) {
      open.add(one)
      one.on('error', () => {}) // the close event follows
      one.on('close', () => {
        open.delete(one)
        other.destroy()
      })
    }
    near.pipe(far)
    far.pipe(near)
  })
  const breakAll = () => open.forEach((socket) => socket.destroy())
  return {
    address: `127.0.0.1:${await listen(server)}`,
    cut() {
      cut = true
      breakAll()
    },
    mend() {
      cut = false
    },
    close() {
      breakAll()
      server.close()
    },
  }
}
