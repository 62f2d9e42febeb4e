// A long conversation in a virtual list: text is broken into rows, and only rows near the viewport are in the page. It follows its end until the user scrolls up.
import { plain, start } from '../chat.js'
import { connectForm, form } from './parts.js'

const [rowHeight, perRow, height, spare] = [24, 64, 360, 2]

const rowsOf = (m) => {
  const lines = []
  for (const paragraph of plain(m.text).split('\n')) {
    let line = ''
    for (const word of paragraph.split(' ')) {
      if (line && line.length + word.length > perRow) {
        lines.push(line)
        line = ''
      }
      line += line ? ` ${word}` : word
    }
    if (line) lines.push(line)
  }
  return lines.map((text, i) => ({ m, i, text }))
}

start((root, chat) => {
  root.innerHTML = `<div class="list" style="height:${height}px; overflow-y:auto"><div class="all" style="position:relative"></div></div>${form}`
  const [list, all] = ['.list', '.all'].map((s) => root.querySelector(s))
  let [rows, following] = [[], true]
  const elements = new Map()
  const stop = connectForm(root, chat, () => { following = true })
  list.onscroll = () => {
    following = list.scrollTop + height >= list.scrollHeight - rowHeight
    draw()
  }
  function draw() {
    const first = Math.max(0, Math.floor(list.scrollTop / rowHeight) - spare)
    const last = Math.min(rows.length, Math.ceil((list.scrollTop + height) / rowHeight) + spare)
    for (const [key, element] of elements) {
      const at = Number(element.dataset.at)
      if (at >= first && at < last) continue
      element.remove()
      elements.delete(key)
    }
    for (let at = first; at < last; at++) {
      const { m, i, text } = rows[at]
      const key = `${m.role}${m.id}/${i}`
      let element = elements.get(key)
      if (!element) {
        elements.set(key, element = document.createElement('div'))
        element.className = m.role === 'assistant' ? 'row words' : 'row'
        if (m.role === 'assistant') element.dataset.message = m.id
        element.dataset.row = i
        all.append(element)
      }
      element.dataset.at = at
      element.style.cssText = `position:absolute; top:${at * rowHeight}px; height:${rowHeight}px`
      if (element.textContent !== text) element.textContent = text
    }
  }
  chat.subscribe(({ messages, busy }) => {
    stop.hidden = !busy
    rows = messages.flatMap(rowsOf)
    all.style.height = `${rows.length * rowHeight}px`
    if (following) list.scrollTop = rows.length * rowHeight
    draw()
  })
})
