// How long derived rows were behind the data that they come from, by the servers' own metrics.
import { read } from '../lib/playhead.js'

/** The metrics, and what they are the delays of: from a commit until the row that follows from it is stored. */
const histograms = { derive: 'a call until its link', activity: 'a part of a recording until its activity', experience: 'a link, or activity, until what the user saw' }

/** Reads the delays of all servers: for each kind of row the number of changes, and the median and the 95th percentile, in seconds. */
export async function delaysOf(playhead) {
  const servers = playhead.nodes?.map((url) => ({ ...playhead, url })) ?? [playhead]
  const pages = await Promise.all(servers.map(async (server) => (await read(server, '/metrics')).text()))
  return Object.fromEntries(Object.entries(histograms).map(([name, of]) => [name, { of, ...summary(bucketsOf(pages, `playhead_${name}_delay_seconds_bucket`)) }]))
}

/** The cumulative buckets of one histogram of all servers, by their upper bounds. */
function bucketsOf(pages, name) {
  const counts = new Map()
  for (const [, le, n] of pages.flatMap((page) => [...page.matchAll(new RegExp(`^${name}\\{le="([^"]+)"\\} (\\S+)$`, 'gm'))])) {
    const bound = le === '+Inf' ? Infinity : Number(le)
    counts.set(bound, (counts.get(bound) ?? 0) + Number(n))
  }
  return [...counts].sort(([a], [b]) => a - b)
}

/** Quantiles as Prometheus computes them: within a bucket, values are taken to lie evenly. */
function summary(buckets) {
  const count = buckets.at(-1)?.[1] ?? 0
  const quantile = (q) => {
    const i = buckets.findIndex(([, n]) => n >= q * count)
    const [low, before] = i > 0 ? buckets[i - 1] : [0, 0]
    const [high, n] = buckets[i]
    return high === Infinity ? low : low + ((high - low) * (q * count - before)) / (n - before)
  }
  return { count, median: count ? quantile(0.5) : null, p95: count ? quantile(0.95) : null }
}
