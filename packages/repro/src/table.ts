// Tables and paragraphs that fit a width of terminal columns. The one importer of cli-table3.
import Table from 'cli-table3'

/**
 * A table of at most `width` columns, or as narrow as 8 letters a cell allow; where it is too wide, the cells of the widest
 * of the `yielding` columns are wrapped first.
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { width, yielding }: { width: number; yielding: readonly number[] },
): string {
  const frame = 1
  const padding = 2
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column].length)) + padding)
  const total = () => widths.reduce((sum, cell) => sum + cell + frame, frame)
  while (total() > width) {
    const widest = yielding.reduce((a, b) => (widths[b] > widths[a] ? b : a))
    if (widths[widest] <= 8 + padding) break
    widths[widest]--
  }
  const style = { head: [], border: [], compact: true }
  const drawn = new Table({ head: [...head], colWidths: widths, wordWrap: true, style })
  drawn.push(...rows.map((row) => [...row]))
  return drawn.toString()
}

/** `text` in lines of at most `width` letters where words allow, all but the first indented by `indent`. */
export function wrapped(text: string, width: number, indent = ''): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/)) {
    const room = lines.length === 0 ? width : width - indent.length
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line].map((text, index) => (index === 0 ? text : indent + text)).join('\n')
}
