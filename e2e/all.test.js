// One browser, one server, one model for everything. Run by `node --test`.
import { after, before } from 'node:test'
import { startBrowser } from './lib/browser.js'
import { startOpenAI } from './lib/openai.js'
import { binary, startPlayhead } from './lib/playhead.js'
import { demo } from './tests/demo.js'
import { hostile } from './tests/hostile.js'
import { linking } from './tests/linking.js'
import { moments } from './tests/moments.js'

const env = {}

before(async () => {
  env.binary = await binary()
  ;[env.browser, env.playhead, env.openAI] = await Promise.all([startBrowser(), startPlayhead(env.binary.path), startOpenAI()])
})

after(async () => {
  await env.browser?.close()
  await env.playhead?.stop()
  env.openAI?.stop()
  await env.binary?.remove()
})

linking(env)
moments(env)
hostile(env)
demo(env)
