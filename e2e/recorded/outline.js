// What a page shows, in a form in which the page itself, the player and the API can be compared: one row for each element, in the order of the
// page, with shadow trees and frames. What readers do not see is left out, as in `GET /api/sessions/{id}/dom`.

/** How many bytes of an element's text the API returns. */
const most = 1000

/**
 * The rows of a document: [depth, tag, own text, value of a field, more]. `more` is what only the player shows: attributes and computed styles.
 * This function runs in pages, so it uses nothing from outside.
 */
export function outline(document) {
  const unseen = new Set('script style noscript template head title meta link base datalist object embed param audio video canvas desc metadata defs symbol area map source track rp'.split(' '))
  const rows = []
  const walk = (node, depth) => {
    const tag = node.localName
    if (unseen.has(tag) || node.hidden === true || node.style?.display === 'none' || (tag === 'dialog' && !node.open)) return
    const children = [...node.childNodes, ...(node.shadowRoot?.childNodes ?? [])]
    const text = tag === 'textarea' ? '' : children.filter((c) => c.nodeType === 3).map((c) => c.data).join(' ').trim().split(/\s+/).join(' ')
    const style = node.ownerDocument.defaultView.getComputedStyle(node)
    const more = ['id', 'title', 'role', 'data-row', 'slot'].map((name) => node.getAttribute(name) ?? '')
    const classes = [...node.classList].filter((c) => c !== ':hover' && c !== 'rrweb-paused').join(' ')
    rows.push([depth, tag, text, ['input', 'textarea'].includes(tag) ? node.value : '', [...more, classes, style.color, style.marginTop].join('|')])
    for (const child of children) if (child.nodeType === 1) walk(child, depth + 1)
    if (tag === 'iframe' && node.contentDocument?.documentElement) walk(node.contentDocument.documentElement, depth + 1)
  }
  walk(document.documentElement, 0)
  return rows
}

/** The rows of an answer of the API, without what only the player shows. */
export function outlineOf(nodes) {
  const depths = new Map()
  return nodes.map(({ id, parent, tag, text, value }) => {
    depths.set(id, parent === 0 ? 0 : depths.get(parent) + 1)
    return [depths.get(id), tag, text, ['input', 'textarea'].includes(tag) ? value : '']
  })
}

/** Rows as the API returns them: texts are cut, and what only the player shows is left out. */
export const asAPI = (rows) => rows.map(([depth, tag, text, value]) => [depth, tag, clip(text), clip(value)])

function clip(text) {
  const bytes = new TextEncoder().encode(text)
  if (bytes.length <= most) return text
  let end = most
  while ((bytes[end] & 0xc0) === 0x80) end--
  return new TextDecoder().decode(bytes.subarray(0, end))
}
