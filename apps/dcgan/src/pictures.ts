// The figures: drawn images, the same points pass by pass, walks and sums of points, and the two losses.
import { type Figure, imageGrid, linePlot } from '@scatterlab/figures'
import type { ShapedArray } from '@scatterlab/tensor'

/** Images [items, channels, side, side] from −1 to 1 in a grid. */
export function sheet({ data, shape }: ShapedArray, title: string, columns: number, captions?: string[]): Figure {
  const [count, channels, side] = shape
  const size = channels * side * side
  return imageGrid({
    title,
    images: Array.from({ length: count }, (_, i) => {
      const own = data.subarray(i * size, (i + 1) * size)
      // planes one after the other become three numbers a pixel
      const pixels = Float32Array.from(
        { length: size },
        (_, k) => own[(k % channels) * side * side + Math.floor(k / channels)],
      )
      return { data: pixels, shape: channels === 3 ? ([side, side, 3] as const) : ([side, side] as const) }
    }),
    columns,
    range: [-1, 1],
    scale: 1,
    ...(captions && { captions }),
  })
}

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
    x: { label: 'updates' },
    y: { label: 'loss' },
  })
}
