// Turns Markdown, as models write it, into elements. Text is set only as text, so nothing in it can run.

/** Cuts a text into blocks: paragraphs, lists, tables, headings, fenced code. The last may still be growing. */
export function blocks(text) {
  const found = []
  let lines = []
  let fenced = false
  const close = () => {
    if (lines.length) found.push(lines.join('\n'))
    lines = []
  }
  for (const line of text.split('\n')) {
    if (line.startsWith('```')) {
      if (!fenced) close()
      lines.push(line)
      if (fenced) close()
      fenced = !fenced
    } else if (!fenced && line.trim() === '') {
      close()
    } else {
      lines.push(line)
    }
  }
  close()
  return found
}

/** Renders one block. */
export function render(block) {
  const lines = block.split('\n')
  if (block.startsWith('```')) {
    const code = element('code')
    code.textContent = lines.slice(1, lines.length > 1 && lines.at(-1) === '```' ? -1 : undefined).join('\n')
    return element('pre', code)
  }
  if (/^#{1,6} /.test(block)) {
    const [first, ...rest] = lines
    const heading = element('h3', ...inline(first.replace(/^#+ /, '')))
    return rest.length ? element('div', heading, render(rest.join('\n'))) : heading
  }
  const listAt = lines.findIndex((line) => /^([-*]|\d+\.) /.test(line))
  if (listAt === 0) {
    const items = lines.map((line) => element('li', ...inline(line.replace(/^([-*]|\d+\.) /, ''))))
    return element(/^\d/.test(block) ? 'ol' : 'ul', ...items)
  }
  if (listAt > 0) {
    return element('div', element('p', ...inline(lines.slice(0, listAt).join('\n'))), render(lines.slice(listAt).join('\n')))
  }
  if (lines.length > 1 && lines[0].startsWith('|') && /^[|\s:-]+$/.test(lines[1])) {
    const cells = (line) => line.replace(/^\||\|$/g, '').split('|').map((cell) => cell.trim())
    const row = (line, tag) => element('tr', ...cells(line).map((cell) => element(tag, ...inline(cell))))
    return element('table', row(lines[0], 'th'), ...lines.slice(2).map((line) => row(line, 'td')))
  }
  return element('p', ...inline(block))
}

function inline(text) {
  return text.split(/(\*\*[^*]+\*\*|\*[^*]+\*|`[^`]+`)/).filter(Boolean).map((piece) => {
    if (/^\*\*.+\*\*$/s.test(piece)) return element('strong', piece.slice(2, -2))
    if (/^\*.+\*$/s.test(piece)) return element('em', piece.slice(1, -1))
    if (/^`.+`$/s.test(piece)) return element('code', piece.slice(1, -1))
    return piece
  })
}

function element(tag, ...children) {
  const made = document.createElement(tag)
  made.append(...children)
  return made
}
