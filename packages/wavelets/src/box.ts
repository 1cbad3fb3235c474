// Filters that are real in Fourier, kept on the box of frequencies where they do not vanish.

import { type Rule, checkArgument } from '@scatterlab/tensor'

/** Values at the frequencies (row + r, column + c), r < rows, c < columns, cyclic over the grid; row-major. */
export interface Box {
  /** The grid of frequencies in which the box lies. */
  readonly grid: readonly [height: number, width: number]
  /** Frequency of the first row, in grid steps; may be negative. */
  readonly row: number
  /** Frequency of the first column, in grid steps; may be negative. */
  readonly column: number
  /** Rows of the box, at most the grid's height. */
  readonly rows: number
  /** Columns of the box, at most the grid's width. */
  readonly columns: number
  /** Real, rows·columns of them. */
  readonly values: Float64Array
}

/** A zeroed box of the frequencies within `reach` of `centre` (both in grid steps), at most one whole period of the grid. */
export function emptyBox(
  height: number,
  width: number,
  centre: readonly [number, number],
  reach: readonly [number, number],
): Box {
  const [row, rows] = interval(centre[0], reach[0], height)
  const [column, columns] = interval(centre[1], reach[1], width)
  return { grid: [height, width], row, column, rows, columns, values: new Float64Array(rows * columns) }
}

function interval(centre: number, reach: number, length: number): [start: number, count: number] {
  const start = Math.ceil(centre - reach)
  const count = Math.floor(centre + reach) - start + 1
  return count >= length ? [-Math.floor(length / 2), length] : [start, Math.max(count, 0)]
}

export const aBox: Rule = (value) =>
  (value as Box | undefined)?.values instanceof Float64Array
    ? undefined
    : 'the box of a filter, for example psi.atLevel(0)'

/** A box on its whole grid, row-major, frequencies in the order of the discrete Fourier transform. Throws `ValueError` for what is no box. */
export function toGrid(box: Box): Float64Array {
  checkArgument('toGrid: box', box, aBox)
  const { row, column, rows, columns, values } = box
  const [height, width] = box.grid
  const grid = new Float64Array(height * width)
  for (let r = 0, at = 0; r < rows; r++) {
    const y = modulo(row + r, height)
    for (let c = 0; c < columns; c++, at++) grid[y * width + modulo(column + c, width)] += values[at]
  }
  return grid
}

/**
 * The part of a box whose signed frequencies lie in the band of a grid of `height`×`width` points, −⌈n/2⌉ … ⌊n/2⌋ − 1: how a filter
 * of a fine grid acts on a field that was subsampled (kymatio masks the band that would alias, then folds; the fold then
 * only moves frequencies).
 */
export function restrict(box: Box, height: number, width: number): Box {
  const rows = kept(box.row, box.rows, box.grid[0], height)
  const columns = kept(box.column, box.columns, box.grid[1], width)
  const values = new Float64Array(rows.length * columns.length)
  rows.forEach(({ from: r }, i) =>
    columns.forEach(({ from: c }, k) => (values[i * columns.length + k] = box.values[r * box.columns + c])),
  )
  return {
    grid: [height, width],
    row: rows[0]?.frequency ?? 0,
    column: columns[0]?.frequency ?? 0,
    rows: rows.length,
    columns: columns.length,
    values,
  }
}

/**
 * A box of one row on the grid subsampled to `length` points: frequencies that are equal modulo `length` are summed, so that it is
 * the transform of `factor`·h(factor·n), with `factor` the points of the grid over `length`.
 */
export function fold(box: Box, length: number): Box {
  const grid = [1, length] as const
  if (box.columns <= length) return { ...box, grid }
  const values = new Float64Array(length)
  for (let c = 0; c < box.columns; c++) values[c % length] += box.values[c]
  return { ...box, grid, columns: length, values }
}

/** The smallest box that holds every value above `threshold` times the largest. */
export function trim(box: Box, threshold: number): Box {
  const peak = box.values.reduce((top, v) => Math.max(top, Math.abs(v)), 0)
  const live = (r: number, c: number): boolean => Math.abs(box.values[r * box.columns + c]) > threshold * peak
  const rows = range(box.rows).filter((r) => range(box.columns).some((c) => live(r, c)))
  const columns = range(box.columns).filter((c) => range(box.rows).some((r) => live(r, c)))
  const [top, left] = [rows[0] ?? 0, columns[0] ?? 0]
  const [height, width] = [(rows.at(-1) ?? -1) - top + 1, (columns.at(-1) ?? -1) - left + 1]
  const values = new Float64Array(height * width)
  for (let r = 0; r < height; r++) {
    for (let c = 0; c < width; c++) values[r * width + c] = box.values[(top + r) * box.columns + left + c]
  }
  return { grid: box.grid, row: box.row + top, column: box.column + left, rows: height, columns: width, values }
}

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i)

/** The entries of an interval of frequencies that fall in the band, in increasing signed frequency, without gaps. */
function kept(start: number, count: number, grid: number, length: number): { from: number; frequency: number }[] {
  const low = -(length - Math.floor(length / 2))
  const found: { from: number; frequency: number }[] = []
  for (let from = 0; from < count; from++) {
    const frequency = modulo(start + from - low, grid) + low
    if (frequency < low + length) found.push({ from, frequency })
  }
  return found.toSorted((a, b) => a.frequency - b.frequency)
}

const modulo = (k: number, n: number): number => ((k % n) + n) % n
