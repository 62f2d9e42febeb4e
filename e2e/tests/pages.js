// Tests of every page of the UI, on their own server: with two weeks of believable data, a project without data, and
// one with data that were made to break pages.
import { after, before, describe } from 'node:test'
import { sendBelievable } from '../lib/believable.js'
import { startServer } from '../lib/playhead.js'
import { accessible } from './accessible.js'
import { keyboard } from './keyboard.js'
import { loading } from './loading.js'
import { pictures } from './pictures.js'
import { stored } from './stored.js'
import { fitting } from './widths.js'

export function pages(env) {
  describe('every page', { concurrency: 2 }, () => {
    let own
    before(async () => {
      const playhead = await startServer(env.binary, ['--projects', '[{name: nothing-yet, tokens: [phc_nothing]}, {name: strangers, tokens: [phc_strangers]}]'])
      own = { playhead, emptyProject: 'nothing-yet', hostileProject: 'strangers', hostileToken: 'phc_strangers', sent: await sendBelievable(playhead) }
    })
    after(() => own?.playhead.stop())
    accessible(env, () => own)
    keyboard(env, () => own)
    loading(env, () => own)
    stored(env, () => own)
    fitting(env, () => own)
  })
  pictures()
}
