// Layout: drawings of known size, put beside, above and under each other. What they show is of no concern here.

import { fontSize, num, textAt } from './svg.ts'
import { textWidth } from './text-width.ts'

/** A drawing of known size with its origin at the top left, ready to be placed in another one. */
export interface Panel {
  readonly width: number
  readonly height: number
  readonly content: string
}

/** `panel` moved to x, y. */
export const place = (x: number, y: number, panel: Panel): string =>
  `<g transform="translate(${num(x)},${num(y)})">${panel.content}</g>`

/** Panels in a row, `gap` apart, aligned at their tops. */
export const inRow = (panels: readonly Panel[], gap: number): Panel => {
  let x = 0
  let content = ''
  for (const panel of panels) {
    content += place(x, 0, panel)
    x += panel.width + gap
  }
  return { width: Math.max(0, x - gap), height: Math.max(0, ...panels.map((panel) => panel.height)), content }
}

/** Panels in a column, `gap` apart, aligned at their left edges. */
export const inColumn = (panels: readonly Panel[], gap: number): Panel => {
  let y = 0
  let content = ''
  for (const panel of panels) {
    content += place(0, y, panel)
    y += panel.height + gap
  }
  return { width: Math.max(0, ...panels.map((panel) => panel.width)), height: Math.max(0, y - gap), content }
}

/** `panel` with a line of text centred under it; the panel grows to the text's width. */
export const captioned = (panel: Panel, caption: string, size: number = fontSize.tick): Panel => {
  const width = Math.max(panel.width, Math.ceil(textWidth(caption, size)))
  const left = Math.floor((width - panel.width) / 2)
  const text = textAt(left + panel.width / 2, panel.height + size + 4, caption, { size, anchor: 'middle' })
  return { width, height: panel.height + size + 8, content: place(left, 0, panel) + text }
}

/** Panels in rows of `columns`, all cells as large as the largest panel, each panel centred at the top of its cell. */
export const gridOf = (panels: readonly Panel[], columns: number, space: number): Panel => {
  const width = Math.max(...panels.map((panel) => panel.width))
  const height = Math.max(...panels.map((panel) => panel.height))
  const cells = panels.map(({ width: own, content }) => ({
    width,
    height,
    content: `<g transform="translate(${Math.floor((width - own) / 2)},0)">${content}</g>`,
  }))
  const rows = Array.from({ length: Math.ceil(cells.length / columns) }, (_, row) =>
    inRow(cells.slice(row * columns, (row + 1) * columns), space),
  )
  return inColumn(rows, space)
}
