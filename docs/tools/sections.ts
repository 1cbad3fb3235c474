// Parts of a long page, so that a browser lays out only what is seen: what follows each heading of level 2 or 3. The headings themselves
// stay outside, where the outline of the page can measure them.
import type { MarkdownRenderer } from 'vitepress'

/** What a browser that has not laid out a part yet takes for its height, in pixels. */
const HEIGHTS = { line: 28, block: 16, code: 23, frame: 60, rowLine: 23, row: 17, picture: 320 }
/** Letters on a line. */
const LINE = 75

interface Token {
  readonly type: string
  readonly tag: string
  readonly level: number
  readonly content: string
  readonly children: readonly Token[] | null
}

/** Puts what follows each heading of level 2 or 3 into `<div class="part">`. */
export function sections(md: MarkdownRenderer): void {
  md.core.ruler.push('sections', (state) => {
    const { tokens } = state
    const isBoundary = ({ type, tag, level }: Token) => level === 0 && type.startsWith('heading') && /^h[23]$/.test(tag)
    const boundaries = tokens.flatMap((token, i) => (isBoundary(token) ? [i] : []))
    // after each heading's end, up to the next one's start
    const ends = boundaries.filter((i) => tokens[i]!.type === 'heading_close')
    const markup = (content: string) => Object.assign(new state.Token('html_block', '', 0), { content })
    for (const end of ends.reverse()) {
      const next = boundaries.find((i) => i > end) ?? tokens.length
      const part = tokens.slice(end + 1, next)
      if (part.length === 0) continue
      const open = markup(`<div class="part" style="--height: ${heightOf(part)}px">\n`)
      tokens.splice(end + 1, part.length, open, ...part, markup('</div>\n'))
    }
  })
}

/** About how high these blocks are on a wide screen. */
export function heightOf(tokens: readonly Token[]): number {
  let height = 0
  let cells: number[] | null = null
  for (const { type, content, children } of tokens) {
    if (type === 'tr_open') cells = []
    else if (type === 'tr_close') {
      height +=
        HEIGHTS.row + HEIGHTS.rowLine * Math.max(1, ...cells!.map((cell) => linesOf(cell, LINE / cells!.length)))
      cells = null
    } else if (type === 'fence' || type === 'code_block') {
      height += HEIGHTS.frame + HEIGHTS.code * content.split('\n').length
    } else if (type === 'inline' && cells !== null) cells.push(shown(content).length)
    else if (type === 'inline') {
      const pictures = children?.filter((child) => child.type === 'image').length ?? 0
      height += HEIGHTS.block + HEIGHTS.line * linesOf(shown(content).length, LINE) + HEIGHTS.picture * pictures
    }
  }
  return height
}

const linesOf = (letters: number, width: number): number => Math.ceil(letters / width)

/** A text without the targets of its links. */
const shown = (content: string): string => content.replaceAll(/\]\([^)]*\)/g, '')
