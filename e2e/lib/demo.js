// `playhead demo` in tests and for pictures.

/** Arguments that select free ports. */
export const anyPorts = ['--listen', '127.0.0.1:0', '--app-listen', '127.0.0.1:0']

/** What the demo prints when it is ready: the addresses of Playhead and of the chat. */
export const bothAddresses = /(http:\/\/127\.0\.0\.1:\d+)[\s\S]+chat is at\s+(http:\/\/127\.0\.0\.1:\d+)/
