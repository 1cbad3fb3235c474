// Where one walks in the space of z: a patch that three points span, a path to another point, and a neighbourhood.
import { type Gan, type Points, latentNeighbours, latentPath, latentPoints, latentSum } from '@scatterlab/gan'
import { ACROSS, NEIGHBOURS, REACH, STEPS } from './names.ts'

/**
 * (a + x·b + y·c)/√(1 + x² + y²), [places, latent]: of three independent Gaussian points a, b and c, so that every place of the patch is itself a draw
 * from the law of z.
 */
export function onPatch(gan: Gan, seed: number, at: readonly (readonly [x: number, y: number])[]): Points {
  const three = latentPoints(gan, 3, `patch/${seed}`)
  const rows = at.map(([x, y]) => {
    const length = Math.sqrt(1 + x * x + y * y)
    return latentSum(three, [1 / length, x / length, y / length])
  })
  return joined(rows)
}

/** The places of the picture of the patch, row by row, y upwards. */
export const places: readonly (readonly [x: number, y: number])[] = Array.from({ length: ACROSS ** 2 }, (_, i) => {
  const at = (k: number): number => ((2 * k + 1) / ACROSS - 1) * REACH
  return [at(i % ACROSS), -at(Math.floor(i / ACROSS))] as const
})

/** The point at `t` of the way to another, from 0 to 1, and `STEPS` + 1 points along it. */
export function pathTo(
  from: Points,
  to: Points,
  path: 'linear' | 'spherical',
  t: number,
): { readonly here: Points; readonly steps: Points } {
  const ends = joined([from, to])
  const fine = latentPath(ends, { steps: 100, path })
  const [, latent] = from.shape
  const row = Math.round(100 * t)
  return {
    here: { data: fine.data.slice(row * latent, (row + 1) * latent), shape: [1, latent] },
    steps: latentPath(ends, { steps: STEPS, path }),
  }
}

/** Points around one, each number moved by up to ± `reach`. */
export const around = (point: Points, reach: number): Points =>
  latentNeighbours(point, NEIGHBOURS, { reach, seed: 'around' })

/** |z| of a point: about √100 = 10 for a draw from the law. */
export const lengthOf = ({ data }: Points): number => Math.hypot(...data)

/** Points one after another. */
export function joined(all: readonly Points[]): Points {
  const [, latent] = all[0].shape
  const count = all.reduce((sum, { shape: [rows] }) => sum + rows, 0)
  const data = new Float32Array(count * latent)
  let at = 0
  for (const points of all) {
    data.set(points.data, at)
    at += points.data.length
  }
  return { data, shape: [count, latent] }
}
