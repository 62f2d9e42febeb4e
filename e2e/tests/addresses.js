// Senders choose the ids of sessions and traces. Every id has an address that works in browsers and in programs.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, it } from 'node:test'
import { capture, read } from '../lib/playhead.js'
import { generation } from '../lib/recording.js'
import { visit } from '../lib/ui.js'

const names = ['.', '..', '/', '~.', '~', '...', 'a/b', '../x', '%2F', '%2e%2e', '50%', 'a?b#c', '\u200b', 'ü 日本', 'a\\b', `long-${'x'.repeat(500)}`]

export function addresses(env) {
  describe('addresses', { concurrency: 2 }, () => {
    it('open a session of any name', { timeout: 300_000 }, () => visit(env, (page) => named(page, env.playhead, 'sessions')))
    it('open a trace of any name', { timeout: 300_000 }, () => visit(env, (page) => named(page, env.playhead, 'traces')))
  })
}

async function named(page, playhead, kind) {
  const marker = randomUUID()
  await capture(playhead, names.map((name, i) => generation(Date.now() - i, {
    session: kind === 'sessions' ? name : undefined, trace: kind === 'traces' ? name : undefined, input: `${marker} ${i}`, output: 'Yes.',
  })))
  for (const [i, name] of names.entries()) {
    const list = `${playhead.url}/${kind}?q=${encodeURIComponent(kind === 'sessions' ? `session:${JSON.stringify(name)}` : `${marker} ${i}`)}`
    const row = page.locator(`[data-testid=${kind.slice(0, -1)}-row][data-id=${JSON.stringify(name)}]`)
    await page.goto(list) // acknowledged data are listed, however long the list takes
    await row.first().waitFor({ timeout: 90_000 })
    await row.first().click()
    const id = page.locator(`header button[aria-label^="Copy ${kind.slice(0, -1)} id "][aria-label$=${JSON.stringify(` ${name}`)}]`)
    await id.waitFor()
    await page.reload() // the address alone also finds it
    await id.waitFor()
    const { pathname } = new URL(page.url())
    const answer = await read(playhead, `/api${pathname}`)
    assert.equal(answer.status, 200, `${pathname} of the API`)
    assert.equal((await answer.json()).id, name)
  }
}
