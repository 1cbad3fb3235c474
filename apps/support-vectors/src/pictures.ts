// The pictures: what pairs share before and after, labels that change as atoms are taken out, pairs, and what atoms remember.
import type { GreyShape, LabelledImages } from '@scatterlab/datasets'
import { type Figure, type Series, imageGrid, linePlot } from '@scatterlab/figures'
import { GRID, SIDE } from './fibres.ts'
import type { Memory } from './memory.ts'
import type { Pair } from './pairs.ts'

const BINS = 20

/** How the overlaps of two kinds of pairs are distributed. */
export const overlapPlot = (title: string, kinds: Readonly<Record<string, readonly number[]>>): Figure =>
  linePlot({
    title,
    series: Object.entries(kinds).map(([label, values]) => {
      const counts = new Array<number>(BINS).fill(0)
      for (const value of values) counts[Math.min(BINS - 1, Math.floor(value * BINS))]++
      return {
        label,
        x: counts.map((_, bin) => (bin + 0.5) / BINS),
        y: counts.map((count) => (100 * count) / values.length),
        dashed: label.includes('drawn'),
      }
    }),
    x: { label: '|supp ∩ supp′| / |supp ∪ supp′|', domain: [0, 1] },
    y: { label: '% of the pairs' },
    width: 720,
  })

/** Shares of labels that changed over the number of atoms taken out. */
export const removalPlot = (title: string, counts: readonly number[], curves: readonly Omit<Series, 'x'>[]): Figure =>
  linePlot({
    title,
    series: curves.map((curve) => ({ ...curve, x: counts })),
    x: { label: 'atoms taken out', scale: 'log', ticks: counts },
    y: { label: 'labels that changed, %' },
    width: 720,
  })

/** Pairs of digits, the first of each above the second. */
export function pairGrid(
  title: string,
  set: LabelledImages<GreyShape>,
  pairs: readonly Pair[],
  captions: readonly string[],
): Figure {
  const of = (row: number) => picture(set, row)
  return imageGrid({
    title,
    images: [...pairs.map(({ a }) => of(a)), ...pairs.map(({ b }) => of(b))],
    captions: [...captions, ...pairs.map(() => '')],
    columns: pairs.length,
    range: [0, 1],
    scale: 3,
  })
}

/** Training digits, bright where the fibre stands that an atom remembers. */
export function memoryGrid(
  title: string,
  set: LabelledImages<GreyShape>,
  found: readonly Memory[],
  captions: readonly string[],
): Figure {
  const images = found.map(({ digit, position }) => {
    const { data, shape } = picture(set, digit)
    const [height, width] = shape
    const cell = SIDE / GRID
    const [row, column] = [Math.floor(position / GRID), position % GRID]
    // digits stand in the middle of their frame, and a fibre in the middle of its window: at pixel 8·row, 8·column
    const [top, left] = [(SIDE - height + cell) / 2, (SIDE - width + cell) / 2]
    const isInside = (at: number): boolean =>
      Math.floor((Math.floor(at / width) + top) / cell) === row && Math.floor(((at % width) + left) / cell) === column
    return { data: data.map((value, at) => (isInside(at) ? 0.12 + 0.88 * value : 0.3 * value)), shape }
  })
  return imageGrid({ title, images, captions: [...captions], columns: 8, range: [0, 1], scale: 3 })
}

function picture({ images }: LabelledImages<GreyShape>, row: number) {
  const [, height, width] = images.shape
  const size = height * width
  const data = Float64Array.from(images.data.subarray(row * size, (row + 1) * size), (byte) => byte / 255)
  return { data, shape: [height, width] as [number, number] }
}
