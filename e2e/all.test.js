// One browser, one model and one Playhead for all scenarios of a suite. Run by `node --test`; PLAYHEAD_E2E names the suite.
import { after, before, describe } from 'node:test'
import { startBrowser } from './lib/browser.js'
import { startCluster } from './lib/cluster.js'
import { startOpenAI } from './lib/openai.js'
import { binary, startServer } from './lib/playhead.js'
import { addresses } from './tests/addresses.js'
import { agents } from './tests/agents.js'
import { analytics } from './tests/analytics.js'
import { assets } from './tests/assets.js'
import { asking } from './tests/asking.js'
import { clips } from './tests/clips.js'
import { apart, everyNode, inTurn } from './tests/cluster.js'
import { damaged } from './tests/damaged.js'
import { comparing } from './tests/comparing.js'
import { demo } from './tests/demo.js'
import { heavy } from './tests/heavy.js'
import { frames } from './tests/frames.js'
import { hostile } from './tests/hostile.js'
import { impact } from './tests/impact.js'
import { linking } from './tests/linking.js'
import { lists } from './tests/lists.js'
import { lookups } from './tests/lookups.js'
import { moments } from './tests/moments.js'
import { pages } from './tests/pages.js'
import { player } from './tests/player.js'
import { projects } from './tests/projects.js'
import { recorded } from './tests/recorded.js'
import { followed, saved } from './tests/saved.js'
import { pasted } from './tests/snippets.js'
import { spans } from './tests/spans.js'
import { truth } from './tests/truth.js'
import { versionsOfPosthogJS } from './tests/versions.js'

const suites = {
  single: {
    start: startServer,
    scenarios(env) {
      linking(env)
      moments(env)
      frames(env)
      player(env)
      lists(env)
      spans(env)
      comparing(env)
      analytics(env)
      impact(env)
      saved(env)
      followed(env)
      asking(env)
      projects(env)
      addresses(env)
      agents(env)
      pasted(env)
      hostile(env)
      heavy(env)
      lookups(env)
      damaged(env)
      clips(env)
      recorded(env)
      assets(env)
      versionsOfPosthogJS(env)
      truth(env)
      pages(env)
      demo(env)
    },
  },
  cluster: {
    start: startCluster,
    scenarios(env) {
      inTurn(env) // while no other test sends requests
      describe('a cluster', { concurrency: 2 }, () => {
        describe('is like a single server', { concurrency: 1 }, () => {
          linking(env)
          moments(env)
          frames(env)
          lists(env)
          followed(env)
          asking(env)
          addresses(env)
          hostile(env)
        })
        apart(env)
      })
      everyNode(env) // counts the requests of all earlier tests
    },
  },
}
const name = process.env.PLAYHEAD_E2E || 'single'
const suite = suites[name]
if (!suite) throw new Error(`PLAYHEAD_E2E is ${name}. There are: ${Object.keys(suites).join(', ')}.`)

const env = {}

before(async () => {
  env.binary = await binary()
  ;[env.browser, env.playhead, env.openAI] = await Promise.all([startBrowser(), suite.start(env.binary), startOpenAI()])
})

after(async () => {
  await env.browser?.close()
  await env.playhead?.stop()
  env.openAI?.stop()
  await env.binary?.remove()
})

suite.scenarios(env)
