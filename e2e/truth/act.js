// What a user does, with real keys and a real mouse. Each step of a scenario is one of these functions; `user` is the user who does it.
import { setTimeout as pause } from 'node:timers/promises'
import { questionOf } from './texts.js'

const message = (user, n) => user.frame().locator(`[data-message="${n}"]`)

export const steps = {
  wait: (_, ms) => pause(ms),

  async ask(user, n, how = 'enter') {
    const ask = user.scenario.asks[n - 1]
    const text = questionOf(user.scenario, n)
    const chat = user.frame().locator(`#chat-${ask.chat ?? 0}`)
    await user.next(n)
    if (how === 'suggestion') return chat.locator('[data-does=suggestion]', { hasText: text }).click()
    const field = user.scenario.page.view === 'chainlit' ? user.page.locator('#chat-input') : chat.locator('textarea')
    await field.pressSequentially(text, { delay: 8 })
    await user.together() // users who ask at the same time wait until all have typed
    if (how === 'enter') await field.press('Enter')
    else await chat.locator('[data-does=send]').click()
    await user.heard(`question ${n} is asked`, (f) => f.kind === 'asked' && f.serial === n)
    await user.noteIds(n)
  },

  /** Waits until an answer has this many letters. */
  words: (user, n, letters = 1) => user.heard(`${letters} letters of answer ${n}`, (f) => f.kind === 'words' && f.serial === n && f.there >= letters),
  done: (user, n) => user.heard(`answer ${n} is complete`, (f) => (f.kind === 'complete' || f.kind === 'ended') && f.serial === n),
  tab: (user, n) => user.heard(`another tab shows answer ${n}`, (f) => f.kind === 'words' && f.serial === n && f.page > 0),

  // While waiting.
  async stop(user) {
    await user.frame().locator('[data-does=stop]').click()
    await user.heard('stop is pressed', (f) => f.kind === 'click' && f.does === 'stop')
  },
  async rage(user) {
    const box = await user.frame().locator('[data-does=send]').boundingBox()
    for (let i = 0; i < 5; i++) await user.page.mouse.click(box.x + box.width / 2, box.y + box.height / 2, { delay: 20 })
  },
  deadClick: (user) => user.page.locator('.nothing').click(),
  /** Waits until an agent has shown this many steps. */
  steps: (user, n, count) => user.frame().locator(`[data-message="${n}"] .step`).nth(count - 1).waitFor(),
  async scrollDown(user) {
    await user.page.mouse.move(300, 200)
    for (let i = 0; i < 12; i++) {
      await user.page.mouse.wheel(0, 120)
      await pause(80)
    }
  },
  async scrollAway(user, n, by = 250) {
    await user.page.mouse.move(300, 200)
    for (let i = 0; i < 6; i++) {
      await user.page.mouse.wheel(0, by)
      await pause(60)
    }
    await user.heard('the answer is out of sight', (f) => f.kind === 'scroll' && f.outside.includes(n))
  },
  async scrollThrough(user) {
    const list = await user.page.locator('.list').boundingBox()
    await user.page.mouse.move(list.x + 100, list.y + 100)
    for (let i = 0; i < 30; i++) {
      await user.page.mouse.wheel(0, -200)
      await pause(80)
    }
  },
  hide: (user) => user.setVisible(false),
  show: (user) => user.setVisible(true),
  async reload(user) {
    await user.measure()
    await user.page.reload()
    await user.recorded()
  },
  leave: (user) => user.close(),

  // With the answer.
  copyButton: (user, n) => message(user, n).locator('[data-does=copy]').click(),
  thumb: (user, n, which) => message(user, n).locator(`[data-does=${which}]`).click(),
  async retryButton(user, n, next) {
    await user.measure()
    await user.next(next)
    await message(user, n).locator('[data-does=retry]').click()
    await user.heard(`question ${next} is asked`, (f) => f.kind === 'asked' && f.serial === next)
    await user.noteIds(next)
  },
  async select(user, n) {
    const words = message(user, n).locator('.words')
    await words.scrollIntoViewIfNeeded()
    const box = await words.boundingBox()
    await user.page.mouse.move(box.x + 60, box.y + 30)
    await user.page.mouse.down()
    await user.page.mouse.move(box.x + 260, box.y + 50, { steps: 6 })
    await user.page.mouse.up()
    await user.heard('something is selected', (f) => f.kind === 'select' && f.serial === n)
  },
  async copyKeys(user, n) {
    await user.page.keyboard.press('Control+c')
    await user.heard('it is copied', (f) => f.kind === 'copy' && f.serial === n)
  },
  async link(user, n) {
    await user.measure()
    await message(user, n).locator('.words a').first().click()
    await user.page.waitForURL(/\/guide/)
  },

  // Things that no user does.
  background: async (user, n) => user.backend.background({ key: user.key, serial: n, session: user.session }),
  backendJump: async (user, ms) => user.backend.shift(ms),
  async jump(user, ms) {
    await user.page.evaluate((by) => { window.clock.shift += by }, ms)
    user.shift += ms
  },
}
