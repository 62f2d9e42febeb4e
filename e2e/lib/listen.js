import { once } from 'node:events'

/** Makes an HTTP server listen on a free port of the loopback address, and returns the port. */
export async function listen(server) {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server.address().port
}
