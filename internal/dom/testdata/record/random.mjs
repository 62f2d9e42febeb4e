// Makes random pages and random changes of them, records them with rrweb in a real Chromium, and writes what the pages were at random instants, by the
// numbers that rrweb gave their nodes. The changes of a step are in one document or shadow tree: each has an observer of its own, and of nodes that moved
// between two, rrweb does not report all later changes, so no reader of the recording can know the page. The same seed makes the same page and changes.
//
//   node internal/dom/testdata/record/random.mjs FIRST COUNT STEPS INSTANTS
//
// writes a line for each of COUNT seeds: {"seed":…,"events":[…],"trees":[{"at":Unix ms,"nodes":[[id,parent,shadow,name,attributes,text,null],…],"sheets":[[host,count],…]},…]}
import { createRequire } from 'node:module'
import fs from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const from = createRequire(path.join(path.dirname(fileURLToPath(import.meta.url)), '../../../../e2e/package.json'))
const { chromium } = from('playwright-core')
const dist = path.join(path.dirname(from.resolve('posthog-js/package.json')), 'dist')

/** Builds a page from a seed, records it, changes it in random steps, and captures it after some. It runs in the page. */
async function play({ seed, steps, instants }) {
  const { record } = await import('/static/rrweb.js')
  let state = seed >>> 0
  const random = (n) => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) % n
  }
  const pick = (list) => list[random(list.length)]
  const texts = ['a', 'some words', '', ' ', '\n  ', 'ünïcödé 🙂', '"quotes" \\ <b>', 'x'.repeat(300), '*** **']
  const tags = ['div', 'div', 'div', 'p', 'span', 'ul', 'li', 'section', 'b', 'x-card', 'table', 'form', 'label']
  const leaves = ['input', 'textarea', 'img', 'br', 'hr']
  const values = ['', 'a', 'b c', '1', 'é "x"', 'on top of it']
  const wait = (ms) => new Promise((done) => setTimeout(done, ms))

  /** What the changes of a step are in: a document or a shadow tree. */
  let within = null
  /** All containers of the page: elements that may have children, shadow trees, and what is in frames. */
  const containers = () => {
    const all = []
    const walk = (node) => {
      if (node.nodeType === 1 && (leaves.includes(node.localName) || ['iframe', 'circle'].includes(node.localName))) {
        if (node.localName === 'iframe' && node.contentDocument?.body) walk(node.contentDocument.body)
        return
      }
      all.push(node)
      if (node.shadowRoot) walk(node.shadowRoot)
      for (const child of node.children) walk(child)
    }
    walk(document.body)
    return within ? all.filter((c) => c.getRootNode() === within) : all
  }
  const nodes = () => containers().flatMap((c) => [...c.childNodes])
  const elements = () => nodes().filter((n) => n.nodeType === 1)
  const roots = () => [document, ...containers().filter((c) => c.nodeType === 11)]

  const make = (doc, depth) => {
    const kind = random(12)
    if (kind < 3) return doc.createTextNode(pick(texts))
    if (kind === 3) return doc.createComment(pick(texts))
    if (kind === 4) {
      const leaf = doc.createElement(pick(leaves))
      if (leaf.localName === 'input') leaf.type = pick(['text', 'checkbox', 'radio', 'password', 'button'])
      return leaf
    }
    if (kind === 5) {
      const svg = doc.createElementNS('http://www.w3.org/2000/svg', 'svg')
      svg.append(doc.createElementNS('http://www.w3.org/2000/svg', 'circle'))
      return svg
    }
    const element = doc.createElement(pick(tags))
    dress(element)
    if (depth < 4) for (let i = random(4); i > 0; i--) element.append(make(doc, depth + 1))
    if (depth < 3 && random(6) === 0) shadow(element)
    return element
  }
  const shadow = (element) => {
    if (element.shadowRoot || !['div', 'p', 'span', 'section', 'x-card'].includes(element.localName)) return
    const root = element.attachShadow({ mode: 'open' })
    for (let i = random(4); i > 0; i--) root.append(make(document, 3))
  }
  const dress = (element) => {
    switch (random(5)) {
      case 0: return element.setAttribute('class', pick(values))
      case 1: return element.setAttribute(pick(['data-x', 'title', 'id', 'lang', 'aria-label']), pick(values))
      case 2: return element.style.setProperty(pick(['color', 'margin-top', 'display']), pick(['red', '3px', 'none', 'block', '']))
      case 3: return element.removeAttribute(pick(['class', 'data-x', 'title', 'style', 'id']))
      default: return element.toggleAttribute('hidden')
    }
  }
  const put = (into, node) => {
    let up = into
    while (up && up !== node) up = up.parentNode ?? up.host
    if (!up && into.ownerDocument === node.ownerDocument) into.insertBefore(node, pick([null, ...into.childNodes]))
  }
  const sheet = (doc) => {
    const made = new doc.defaultView.CSSStyleSheet()
    made.replaceSync(`p { margin-top: ${random(9)}px } .a { color: red }`)
    return made
  }
  /** The nodes of the page and how many constructed style sheets each document and shadow tree has. */
  const capture = () => {
    const captured = { nodes: [], sheets: [] }
    const adopted = (root, id) => root.adoptedStyleSheets.length > 0 && captured.sheets.push([id, root.adoptedStyleSheets.length])
    const walk = (node, parent, shadow) => {
      const id = record.mirror.getId(node)
      if (id <= 0) return // not recorded
      let attributes = null
      if (node.nodeType === 1) {
        attributes = {}
        for (const a of node.attributes) attributes[a.name] = a.value
        if (attributes.style !== undefined) {
          attributes.style = {}
          for (const p of node.style) attributes.style[p] = [node.style.getPropertyValue(p), node.style.getPropertyPriority(p)]
        }
      }
      captured.nodes.push([id, parent, shadow ? 1 : 0, node.nodeName.toLowerCase(), attributes, attributes || node.nodeType > 8 ? null : node.data, null])
      if (node.nodeType === 9) adopted(node, id)
      if (node.shadowRoot) adopted(node.shadowRoot, id)
      for (const child of node.childNodes) walk(child, id, false)
      if (node.shadowRoot) for (const child of node.shadowRoot.childNodes) walk(child, id, true)
      if (node.localName === 'iframe' && node.contentDocument) walk(node.contentDocument, id, false)
    }
    walk(document, 0, false)
    return captured
  }
  let framed = false
  const change = () => {
    const all = nodes()
    switch (random(16)) {
      case 0: case 1: case 2: case 3: {
        const into = pick(containers())
        return put(into, make(into.ownerDocument, 1))
      }
      case 4: case 5: return all.length > 0 && pick(all).remove()
      case 6: case 7: case 8: {
        const node = all.length > 0 && pick(all)
        return node && put(pick(containers()), node)
      }
      case 9: case 10: return elements().length > 0 && dress(pick(elements()))
      case 11: {
        const some = all.filter((n) => n.nodeType === 3 || n.nodeType === 8)
        return some.length > 0 && (pick(some).data = pick(texts))
      }
      case 12: return elements().length > 0 && shadow(pick(elements()))
      case 13: {
        const root = pick(roots())
        const doc = root.nodeType === 9 ? root : root.ownerDocument
        if (doc !== document) return
        root.adoptedStyleSheets = [...root.adoptedStyleSheets.slice(random(2)), sheet(doc)] // never none: rrweb does not record that
        return
      }
      case 14: {
        if (document.querySelectorAll('iframe').length > 3) return
        const frame = document.createElement('iframe')
        if (random(2) === 0) frame.srcdoc = '<p>in a frame</p><ul><li>one</li></ul>'
        framed = true
        return document.body.insertBefore(frame, pick([null, ...document.body.childNodes]))
      }
      default: {
        const into = pick(containers())
        return into.replaceChildren(...Array.from({ length: random(3) }, () => make(into.ownerDocument, 2)))
      }
    }
  }
  for (let i = 3 + random(5); i > 0; i--) document.body.append(make(document, 0))
  await wait(20)
  const events = []
  const stop = record({ emit: (event) => events.push(event), maskAllInputs: false })
  await wait(20)
  const trees = []
  for (let i = 1; i <= steps; i++) {
    within = null
    within = pick(containers()).getRootNode()
    for (let many = random(6); many >= 0 && containers().length > 0; many--) change()
    await wait(framed ? 60 : 3)
    framed = false
    if (i < steps && random(steps) >= instants) continue
    await wait(60)
    trees.push({ at: events.at(-1).timestamp, ...capture() })
    await wait(3) // what follows has a later time
  }
  stop()
  return { events, trees }
}

const [first = 1, count = 1, steps = 40, instants = 5] = process.argv.slice(2).map(Number)
const server = http.createServer((req, res) => {
  const file = path.join(dist, path.basename(req.url))
  if (req.url.startsWith('/static/') && fs.existsSync(file)) return res.setHeader('Content-Type', 'text/javascript'), res.end(fs.readFileSync(file))
  res.setHeader('Content-Type', 'text/html')
  res.end('<!doctype html><meta charset=utf-8><body></body>')
})
await new Promise((done) => server.listen(0, '127.0.0.1', done))
const url = `http://127.0.0.1:${server.address().port}/page`
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update'] })
try {
  for (let seed = first; seed < first + count; seed++) {
    const page = await browser.newPage({ viewport: { width: 900, height: 700 } })
    await page.goto(url)
    process.stdout.write(JSON.stringify({ seed, ...(await page.evaluate(play, { seed, steps, instants })) }) + '\n')
    await page.close()
  }
} finally {
  await browser.close()
  server.close()
  server.closeAllConnections()
}
