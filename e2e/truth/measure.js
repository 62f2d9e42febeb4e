// Plays scenarios and measures: `node truth/measure.js -out ../bench/results/NAME-truth.json -page ../bench/truth.md [-only TEXT] [-tuned] [-at-once N] [-cluster]`.
// -at-once says how many scenarios are played at the same time: 5, or 2 with a cluster. On two cores, the browsers of five leave so little to three servers and
// two ClickHouse shards that what users saw was known 10 s late on average, and many answers were compared before.
// -tuned leaves out held-out scenarios; -save DIR keeps the facts, the recordings and the answers of each user there; -cluster runs against three
// servers over two ClickHouse shards and S3; -only selects scenarios whose name contains the text.
import { execFileSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { dirname, join } from 'node:path'
import { startBrowser } from '../lib/browser.js'
import { startCluster } from '../lib/cluster.js'
import { binary, read, root, startServer } from '../lib/playhead.js'
import { compare, said, windowsOf } from './compare.js'
import { delaysOf } from './delays.js'
import { line, page } from './report.js'
import { startStage } from './run.js'
import { scenarios } from './scenarios.js'
import { truthOf } from './truth.js'

/** Users who ask within this time count as asking at the same time, ms. */
const atOnceMs = 300

/** Compares what the users of a scenario did and saw with what Playhead says. Returns a row for each ask of each user. */
export async function compared(playhead, users, patience) {
  const rows = await Promise.all(users.map(async (user) => {
    const sessions = new Set([user.session, ...Object.values(user.ids).map((ids) => ids.session)])
    const windows = new Map((await Promise.all([...sessions].map((session) => windowsOf(playhead, session)))).flatMap((of) => [...of]))
    const truths = truthOf(user)
    const instants = users.map((u) => u.facts.find((f) => f.kind === 'asked')?.real)
    if (users.length > 1 && Math.max(...instants) - Math.min(...instants) > atOnceMs) truths.forEach((truth) => truth.problems.push('its users did not ask at once'))
    if (user.incomplete) truths.forEach((truth) => truth.problems.push('the end of the recording did not arrive'))
    return Promise.all(truths.map(async (truth) => compare(user.scenario, truth, await said(playhead, truth, patience), windows)))
  }))
  return rows.flat()
}

if (import.meta.filename === process.argv[1]) await main()

async function main() {
  const args = process.argv.slice(2)
  const flag = (name) => args.includes(`-${name}`)
  const value = (name) => (flag(name) ? args[args.indexOf(`-${name}`) + 1] : undefined)
  const only = value('only')?.split(',')
  const chosen = scenarios.filter((s) => (!only || only.some((text) => s.name.includes(text))) && !(flag('tuned') && s.held_out))
  const bin = await binary()
  const [browser, playhead] = await Promise.all([startBrowser(), flag('cluster') ? startCluster(bin) : startServer(bin)])
  const stage = await startStage({ browser, playhead }, chosen)
  const rows = []
  const waiting = [...chosen]
  const failures = []
  const comparing = []
  const failed = (scenario, error) => {
    failures.push(`${scenario.name}: ${error.stack}`)
    console.error(`${scenario.name}: ${error.message}`)
  }
  const work = async () => {
    for (let scenario = waiting.shift(); scenario; scenario = waiting.shift()) {
      try {
        const users = await stage.play(scenario)
        comparing.push(compared(playhead, users).then(async (all) => { // while other scenarios are played
          if (flag('save')) await save(playhead, users, all, value('save'))
          rows.push(...all)
          all.forEach((r) => console.error(line(r)))
        }).catch((error) => failed(scenario, error)))
      } catch (error) {
        failed(scenario, error)
      }
    }
  }
  let delays
  try {
    await Promise.all(Array.from({ length: Number(value('at-once') ?? (flag('cluster') ? 2 : 5)) }, work))
    await Promise.all(comparing)
    delays = await delaysOf(playhead)
  } finally {
    await stage.stop()
    await browser.close()
    await playhead.stop()
    await bin.remove()
  }
  const order = new Map(chosen.map((s, i) => [s.name, i]))
  rows.sort((a, b) => order.get(a.scenario) - order.get(b.scenario) || a.n - b.n)
  const result = {
    commit: execFileSync('git', ['describe', '--always', '--dirty', '--abbrev=12'], { cwd: root, encoding: 'utf8' }).trim(),
    when: new Date().toISOString().slice(0, 16).replace('T', ' ') + ' UTC', hardware: `${cpus().length} cores of ${cpus()[0].model}, shared by browser, backends and server`,
    store: flag('cluster') ? 'three servers over two ClickHouse shards' : 'one server, embedded storage', command: commandOf(args), scenarios: chosen.length, failures, delays, rows,
  }
  for (const [name, text] of [['out', `${JSON.stringify(result, null, 1)}\n`], ['page', page(result)]]) {
    if (!value(name)) continue
    await mkdir(dirname(value(name)), { recursive: true })
    await writeFile(value(name), text)
  }
  if (!value('page')) console.log(page(result))
  if (failures.length) {
    console.error(failures.join('\n\n'))
    process.exitCode = 1
  }
}

/** The command that repeats a measurement, without the files that it writes. */
function commandOf(args) {
  const files = ['-out', '-page', '-save']
  const rest = args.filter((arg, i) => !files.includes(arg) && !files.includes(args[i - 1]))
  return rest.length ? `make truth TRUTH='${rest.join(' ')}'` : 'make truth'
}

/** Saves everything that is known about a scenario, to find out why something is wrong. */
async function save(playhead, users, rows, folder) {
  await mkdir(folder, { recursive: true })
  for (const { key, scenario, session, facts, calls } of users) {
    const generations = await Promise.all(calls.map(async (call) => (await read(playhead, `/api/traces/${call.trace}`)).json()))
    const activity = await (await read(playhead, `/api/sessions/${session}/activity`)).json()
    await writeFile(join(folder, `${key}.json`), JSON.stringify({ scenario, rows, facts, calls, generations, activity }, null, 1))
    const { window_list: windows } = await (await read(playhead, `/api/sessions/${session}`)).json()
    for (const [i, w] of windows.entries()) {
      await writeFile(join(folder, `${key}.${i}.jsonl`), await (await read(playhead, `/api/sessions/${session}/snapshots?window=${w.id}&t=${w.first_snapshot_ms}`)).text())
    }
  }
}
