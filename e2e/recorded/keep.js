// Keeps recordings of each version with what the page captured of itself, for Go tests without a browser: internal/dom/testdata/own.
//
//     cd e2e && PLAYHEAD_BIN=../bin/playhead node recorded/keep.js [VERSION…]
//
// VERSION.events.gz has the rrweb events of the first tab, one a line, VERSION.moments.gz its moments: {"at":Unix ms,"rows":[[depth,tag,text,value],…]}.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { startBrowser } from '../lib/browser.js'
import { binary, read, root, startServer } from '../lib/playhead.js'
import { asAPI } from './outline.js'
import { record, versions } from './record.js'

const to = join(root, 'internal/dom/testdata/own')
await mkdir(to, { recursive: true })
const program = await binary()
const [browser, playhead] = await Promise.all([startBrowser(), startServer(program)])
try {
  for (const version of process.argv.length > 2 ? process.argv.slice(2) : versions) {
    const { session, moments } = await record({ browser, playhead }, version, { moments: 5 })
    const { window } = moments[0]
    const events = await (await read(playhead, `/api/sessions/${session}/snapshots?window=${window}`)).text()
    const lines = moments.filter((m) => m.window === window).map(({ at, rows }) => `${JSON.stringify({ at, rows: asAPI(rows) })}\n`).join('')
    for (const [name, text] of [['events', events], ['moments', lines]]) await writeFile(join(to, `${version}.${name}.gz`), gzipSync(text, { level: 9 }))
    console.log(`${version}: ${events.length} bytes of events, ${moments.length} moments`)
  }
} finally {
  await browser.close()
  await playhead.stop()
  await program.remove()
}
