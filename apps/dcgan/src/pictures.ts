// The figures: drawn digits, the same points pass by pass, a walk between points, and the two losses.
import { type Figure, imageGrid, linePlot } from '@scatterlab/figures'
import type { ShapedArray } from '@scatterlab/tensor'
import { SIDE } from './digits.ts'

/** Images of a batch in a grid. */
export const sheet = ({ data, shape }: ShapedArray, title: string, columns: number): Figure =>
  imageGrid({
    title,
    images: Array.from({ length: shape[0] }, (_, i) => ({
      data: Float32Array.from(data.subarray(i * SIDE * SIDE, (i + 1) * SIDE * SIDE)),
      shape: [SIDE, SIDE] as const,
    })),
    columns,
    range: [-1, 1],
    scale: 1,
  })

/** The losses of both networks, means over `every` steps. */
export function lossPlot(discriminator: readonly number[], generator: readonly number[], every: number): Figure {
  const means = (losses: readonly number[]): number[] =>
    Array.from({ length: Math.floor(losses.length / every) }, (_, i) => {
      const own = losses.slice(i * every, (i + 1) * every)
      return own.reduce((sum, v) => sum + v, 0) / every
    })
  const curve = (label: string, losses: readonly number[]) => {
    const y = means(losses)
    return { label, x: y.map((_, i) => (i + 1) * every), y }
  }
  return linePlot({
    title: 'Losses of the two networks',
    series: [curve('discriminator', discriminator), curve('generator', generator)],
    x: { label: 'steps' },
    y: { label: 'loss' },
  })
}
