// The few SVG elements that every figure is drawn with, as strings: text, rectangles, images and the page around
// them. Numbers are rounded to a hundredth of a pixel, so that the same input gives the same bytes on every engine.

/** The greys of text and lines, from the strongest to the faintest. */
export const ink = {
  title: '#1a1a1a',
  text: '#333333',
  tick: '#555555',
  axis: '#888888',
  hairline: '#cccccc',
  grid: '#ebebeb',
}

/** Sizes of text in pixels. */
export const fontSize = { title: 15, label: 12, tick: 11 }

/** The height of a line of text above a picture. */
export const headingHeight: number = fontSize.tick + 7

/** `value` to a hundredth, as short as it can be written. */
export const num = (value: number): string => String(Math.round(value * 100) / 100 + 0)

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** `text` for use inside XML: markup escaped, control characters (which XML forbids) as spaces. */
export const escapeXml = (text: string): string =>
  // oxlint-disable-next-line no-control-regex
  text.replace(/[\u0000-\u001f\u007f\ufffe\uffff]/g, ' ').replace(/[&<>"]/g, (character) => entities[character]!)

/** How a text is set; `anchor` says which point of it lies at x. */
export interface TextStyle {
  readonly size?: number
  readonly anchor?: 'start' | 'middle' | 'end'
  readonly fill?: string
}

/** One line of text with its baseline at y. */
export const textAt = (x: number, y: number, text: string, style: TextStyle = {}): string => {
  const { size = fontSize.label, anchor = 'start', fill = ink.text } = style
  const set = `font-size="${num(size)}" text-anchor="${anchor}" fill="${fill}"`
  return `<text x="${num(x)}" y="${num(y)}" ${set}>${escapeXml(text)}</text>`
}

/** How far below the middle of a line of digits or capitals its baseline lies. */
export const baselineShift = (size: number): number => size * 0.365

/** What makes browsers show square pixels; resvg knows only the older attribute beside it. */
export const squarePixels = ' style="image-rendering:pixelated"'

/** A PNG shown with square pixels at x, y. */
export const imageAt = (x: number, y: number, width: number, height: number, href: string): string =>
  `<image x="${num(x)}" y="${num(y)}" width="${num(width)}" height="${num(height)}" preserveAspectRatio="none" ` +
  `image-rendering="optimizeSpeed"${squarePixels} href="${href}"/>`

/** A hairline just outside the given box, which covers none of its pixels. */
export const hairlineAround = (x: number, y: number, width: number, height: number): string =>
  `<rect x="${num(x - 0.5)}" y="${num(y - 0.5)}" ` +
  `width="${num(width + 1)}" height="${num(height + 1)}" fill="none" stroke="${ink.hairline}"/>`

/** A straight line. */
export const lineAt = (x1: number, y1: number, x2: number, y2: number, stroke: string): string =>
  `<line x1="${num(x1)}" y1="${num(y1)}" x2="${num(x2)}" y2="${num(y2)}" stroke="${stroke}"/>`
