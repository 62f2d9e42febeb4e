// Figures of all rows, and the page bench/truth.md.

const times = (rows, names) => rows.flatMap((r) => (r.seen ? names.map((name) => r.seen.errors[name]).filter((e) => e !== null) : []))
const share = (part, whole) => (whole ? part / whole : null)
const quantile = (sorted, q) => (sorted.length ? sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] : null)

/** The figures of some rows. Rows whose scenario went wrong do not count; their number is a figure, too. */
export function figures(all) {
  const rows = all.filter((r) => !r.problems.length)
  const timed = rows.filter((r) => r.seen && !r.seen.abstains)
  const errors = times(timed, ['first', 'last'])
  const sizes = errors.map((e) => (typeof e === 'number' ? Math.abs(e) : Infinity)).sort((a, b) => a - b)
  const asked = times(timed, ['asked']).map((e) => (typeof e === 'number' ? Math.abs(e) : Infinity)).sort((a, b) => a - b)
  const knowable = rows.filter((r) => r.seen && !r.seen.unknowable)
  const moments = rows.filter((r) => r.skewed && r.link.momentMs !== null).map((r) => Math.abs(r.link.momentMs)).sort((a, b) => a - b)
  const linkable = rows.filter((r) => r.truth.askedMs !== null)
  const links = (with_) => {
    const of = linkable.filter((r) => with_ === (r.ids === 'headers' || r.ids === 'body'))
    return { answers: of.length, right: of.filter((r) => r.link.outcome === 'right').length, wrong: of.filter((r) => r.link.outcome === 'wrong').length, otherWindow: of.filter((r) => r.link.window === false).length }
  }
  return {
    answers: all.length, broken: all.length - rows.length, withSeen: rows.filter((r) => r.seen).length,
    times: { compared: errors.length, within150: share(sizes.filter((e) => e <= 150).length, sizes.length), median: quantile(sizes, 0.5), p95: quantile(sizes, 0.95), worst: sizes.at(-1) ?? null, over500: sizes.filter((e) => e > 500).length },
    asked: { compared: asked.length, within150: share(asked.filter((e) => e <= 150).length, asked.length), over500: asked.filter((e) => e > 500).length },
    states: { compared: rows.filter((r) => r.seen).length, right: rows.filter((r) => r.seen?.right).length },
    abstained: { knowable: knowable.length, abstained: knowable.filter((r) => r.seen.abstains).length },
    linkedWithIds: links(true), linkedWithout: links(false),
    shares: { probe: shares(rows.filter((r) => r.probe)), estimated: shares(rows.filter((r) => !r.probe)) },
    waits: close(timed.map((r) => r.seen.waitMs), 150), smoothness: close(timed.map((r) => r.seen.smoothness), 0.02),
    parts: parts(timed), stalls: Object.fromEntries(['found', 'missed', 'invented'].map((list) => [list, timed.reduce((n, r) => n + (r.seen.stalls?.[list] ?? 0), 0)])),
    nodes: { compared: timed.filter((r) => r.seen.node).length, right: timed.filter((r) => r.seen.node === 'right').length },
    reactions: close(rows.flatMap((r) => Object.values(r.signals?.late ?? {})), 500),
    moments: { compared: moments.length, median: quantile(moments, 0.5), worst: moments.at(-1) ?? null },
    signals: signals(rows),
    opinions: opinions(rows),
  }
}

/** How many copies and thumbs are at the answer that they were about, how many of them are missing, and at how many answers there is one too many. */
function opinions(rows) {
  const of = (list) => rows.reduce((n, { signals: s }) => n + (s?.[list].filter((kind) => ['copied', 'thumbs_up', 'thumbs_down'].includes(kind)).length ?? 0), 0)
  return { right: of('found'), all: of('found') + of('missed'), elsewhere: of('invented') }
}

/** How right the parts of waits are: all of them, those of each kind, and how many answers with a wait have none. */
function parts(rows) {
  const waited = rows.filter((r) => r.seen.parts && r.seen.waitMs !== null)
  const kinds = {}
  for (const r of waited) for (const [kind, error] of Object.entries(r.seen.parts)) (kinds[kind] ??= []).push(error)
  return { ...close(Object.values(kinds).flat(), 150), without: waited.filter((r) => !Object.keys(r.seen.parts).length).length, kinds: Object.fromEntries(Object.entries(kinds).map(([kind, errors]) => [kind, close(errors, 150)])) }
}

/** How many errors are at most so large, and the worst. */
function close(errors, most) {
  const sizes = errors.filter((e) => e !== null && e !== undefined).map(Math.abs).sort((a, b) => a - b)
  return { compared: sizes.length, right: sizes.filter((e) => e <= most).length, worst: sizes.at(-1) ?? null }
}

/** How wrong the shares of answers that were in the viewport are. */
function shares(rows) {
  const known = rows.filter((r) => r.seen && r.truth.share >= 0)
  const errors = known.filter((r) => r.seen.share !== null).map((r) => Math.abs(r.seen.share)).sort((a, b) => a - b)
  const said = known.filter((r) => r.seen.share !== null)
  return { known: known.length, compared: errors.length, within5: errors.filter((e) => e <= 0.05).length, covered: said.filter((r) => Math.abs(r.seen.share) <= r.seen.shareUncertainty + 0.05).length, worst: errors.at(-1) ?? null }
}

/** Precision and recall of each kind. */
function signals(rows) {
  const kinds = {}
  for (const { signals: s } of rows) {
    if (!s) continue
    for (const list of ['found', 'missed', 'invented']) for (const kind of s[list]) (kinds[kind] ??= { found: 0, missed: 0, invented: 0 })[list]++
  }
  return Object.fromEntries(Object.entries(kinds).sort().map(([kind, c]) => [kind, { ...c, precision: share(c.found, c.found + c.invented), recall: share(c.found, c.found + c.missed) }]))
}

const percent = (x) => (x === null ? '–' : `${(100 * x).toFixed(1)} %`)
const ms = (x) => (x === null ? '–' : x === Infinity ? 'none given or invented' : `${Math.round(x)} ms`)
const seconds = (x) => (x === null ? '–' : `${x.toFixed(1)} s`)
const sharesCovered = ({ covered, compared, known, worst }) => (compared ? `${of(covered, compared)}; ${percent(worst)}; ${known - compared}` : `–; ${known}`)
const sharesRight = ({ within5, compared, worst }) => (compared ? `${of(within5, compared)}; ${percent(worst)}` : '–')
const of = (part, whole) => (whole ? `${part} of ${whole}` : '–')

/** The page with the figures of tuned and held-out scenarios side by side, and every answer. */
export function page(result) {
  const [tuned, held] = [figures(result.rows.filter((r) => !r.heldOut)), figures(result.rows.filter((r) => r.heldOut))]
  const row = (name, asked, show) => `| ${name} | ${asked} | ${show(tuned)} | ${show(held)} |`
  const kinds = [...new Set([...Object.keys(tuned.signals), ...Object.keys(held.signals)])].sort()
  const signal = (f, kind) => (f.signals[kind] ? `${percent(f.signals[kind].precision)} / ${percent(f.signals[kind].recall)} (${f.signals[kind].found + f.signals[kind].missed})` : '–')
  return `# What the browser says, and what Playhead says

Real Chromium plays ${result.scenarios} scenarios (\`e2e/truth/scenarios.js\`) against a chat with a scripted model, unmodified posthog-js and PostHog's SDK for Node. The page records by its own observers when the question was asked, when words became
visible, and what the user did. The API is compared with that. Commit ${result.commit}, ${result.when}, ${result.store}, ${result.hardware}.

    ${result.command}

| figure | asked for | tuned with | held out |
| --- | ---: | ---: | ---: |
${[
    row('answers measured', '', (f) => f.answers - f.broken),
    row('answers whose scenario went wrong, not counted below', '0', (f) => f.broken),
    row('first and last words within 150 ms', '95 %', (f) => `${percent(f.times.within150)} of ${f.times.compared}`),
    row('median; 95th percentile', '', (f) => `${ms(f.times.median)}; ${ms(f.times.p95)}`),
    row('more than 500 ms wrong, missing or invented, without abstaining', '0', (f) => f.times.over500),
    row('asked within 150 ms', '', (f) => `${percent(f.asked.within150)} of ${f.asked.compared}`),
    row('perceived wait within 150 ms; worst', '', (f) => `${of(f.waits.right, f.waits.compared)}; ${ms(f.waits.worst)}`),
    row('parts of a wait within 150 ms; worst; answers without parts', '', (f) => `${of(f.parts.right, f.parts.compared)}; ${ms(f.parts.worst)}; ${f.parts.without}`),
    row('stalls found with both ends within 150 ms; invented', '', (f) => `${of(f.stalls.found, f.stalls.found + f.stalls.missed)}; ${f.stalls.invented}`),
    row('smoothness within 0.02; worst', '', (f) => `${of(f.smoothness.right, f.smoothness.compared)}; ${f.smoothness.worst?.toFixed(3) ?? '–'}`),
    row('`node` is an element with all of the answer and nothing else', '', (f) => of(f.nodes.right, f.nodes.compared)),
    row('times of reactions within 500 ms; worst', '', (f) => `${of(f.reactions.right, f.reactions.compared)}; ${ms(f.reactions.worst)}`),
    row('states that are right', '', (f) => of(f.states.right, f.states.compared)),
    row('abstained although it could be known', '', (f) => of(f.abstained.abstained, f.abstained.knowable)),
    row('linked to the right session, ids sent', '99.9 %', (f) => of(f.linkedWithIds.right, f.linkedWithIds.answers)),
    row('linked to the right session, no session id sent', '≥ 95 %', (f) => of(f.linkedWithout.right, f.linkedWithout.answers)),
    row('linked to a wrong session', '0', (f) => f.linkedWithIds.wrong + f.linkedWithout.wrong),
    row('right session, another window than the one that asked', '0', (f) => f.linkedWithIds.otherWindow + f.linkedWithout.otherWindow),
    row('share in the viewport right to 5 %, with the probe; worst', '', (f) => sharesRight(f.shares.probe)),
    row('share without the probe: right within its own uncertainty and 5 %; worst; answers without one', '', (f) => sharesCovered(f.shares.estimated)),
    row('copies and thumbs at the right answer, no trace id sent; at another one', '≥ 99 %; 0', (f) => `${of(f.opinions.right, f.opinions.all)}; ${f.opinions.elsewhere}`),
    row('moment under skew, median; worst', '500 ms at most', (f) => `${ms(f.moments.median)}; ${ms(f.moments.worst)} (${f.moments.compared})`),
  ].join('\n')}

Each kind of reaction: precision / recall (how many there were). Asked for: 95 % each.

| kind | tuned with | held out |
| --- | ---: | ---: |
${kinds.map((kind) => `| ${kind} | ${signal(tuned, kind)} | ${signal(held, kind)} |`).join('\n')}

Each part of a wait ([docs/truth.md](../docs/truth.md#where-a-wait-was-spent)): within 150 ms; worst. The page and the backend note when they sent, got, began and drew something, by one clock.

| part | tuned with | held out |
| --- | ---: | ---: |
${[...new Set([tuned, held].flatMap((f) => Object.keys(f.parts.kinds)))].sort().map((kind) => `| ${kind} | ${[tuned, held].map((f) => (f.parts.kinds[kind]?.compared ? `${of(f.parts.kinds[kind].right, f.parts.kinds[kind].compared)}; ${ms(f.parts.kinds[kind].worst)}` : '–')).join(' | ')} |`).join('\n')}

How long rows were behind the data that they come from, by the servers' metrics: median; 95th percentile; how many. Asked for: 5 s from the last byte of a recording until what its user saw is stored, which is the second and the third together.

| from … until | delay |
| --- | ---: |
${Object.values(result.delays).map((d) => `| ${d.of} | ${seconds(d.median)}; ${seconds(d.p95)}; ${d.count} |`).join('\n')}

## Every answer

Errors are Playhead's time less the page's, in milliseconds; Playhead's smoothness and share less the page's.

| scenario | answer | truth | said | asked | first words | last words | wait | parts, worst | stalls | smoothness | share | node | link | moment | signals, with the error of their times |
| --- | ---: | --- | --- | ---: | ---: | ---: | ---: | --- | ---: | ---: | ---: | --- | --- | ---: | --- |
${result.rows.map(line).join('\n')}
`
}

/** The part of a wait with the largest error. */
function worstPart(parts) {
  const known = Object.entries(parts ?? {}).filter(([, error]) => error !== null).sort(([, a], [, b]) => Math.abs(b) - Math.abs(a))
  return known.length ? `${known[0][0]} ${known[0][1]}` : ''
}

/** One answer as a row of the page's table. */
export function line(r) {
  const e = r.seen?.errors ?? {}
  const cell = (x) => x ?? ''
  const signals = r.signals && [...r.signals.found.map((k) => `${k} ${r.signals.late[k]}`), ...r.signals.missed.map((k) => `**missed ${k}**`), ...r.signals.invented.map((k) => `**invented ${k}**`)].join(', ')
  const link = `${r.link.outcome === 'right' ? '' : `**${r.link.outcome}** `}${r.link.method ?? ''}${r.link.window === false ? ' **other window**' : ''}`
  const stalls = r.seen?.stalls && [r.seen.stalls.found || '', r.seen.stalls.missed && `**missed ${r.seen.stalls.missed}**`, r.seen.stalls.invented && `**invented ${r.seen.stalls.invented}**`].filter(Boolean).join(', ')
  const node = r.seen?.node === 'right' ? 'right' : r.seen?.node ? `**${r.seen.node}**` : ''
  const said = !r.seen ? '' : r.seen.right ? r.seen.state : `**${r.seen.state}**`
  return `| ${r.scenario}${r.heldOut ? ' (held out)' : ''} | ${r.n} | ${r.problems.length ? `went wrong: ${r.problems.join('; ')}` : r.truth.state} | ${said}${r.seen?.reason ? ` (${r.seen.reason})` : ''} | ${cell(e.asked)} | ${cell(e.first)} | ${cell(e.last)} | ${cell(r.seen?.waitMs)} | ${worstPart(r.seen?.parts)} | ${stalls ?? ''} | ${r.seen?.smoothness?.toFixed(3) ?? ''} | ${r.seen?.share == null ? '' : percent(r.seen.share)} | ${node} | ${link} | ${cell(r.link.momentMs)} | ${signals ?? ''} |`
}
