// The fibres that tell near digits of two classes apart: candidates for atoms that remember pairs.
import type { FeatureMatrix, NearestSample } from '@scatterlab/learn'
import { POSITIONS } from './fibres.ts'

/** Positions of a pair whose fibres are taken. */
const TAKEN = 4

/**
 * Rows of fibres [digits·positions, columns]: for each digit and its nearest of another class, the nearer half of such pairs, the fibres of
 * both where they differ most.
 */
export function telling({ data, shape: [, columns] }: FeatureMatrix, { indices, distances }: NearestSample): number[] {
  const order = Array.from(distances.keys()).toSorted((a, b) => distances[a] - distances[b])
  const rows = new Set<number>()
  for (const a of order.slice(0, Math.ceil(order.length / 2))) {
    const b = indices[a]
    const apart = Array.from({ length: POSITIONS }, (_, u) => {
      let square = 0
      for (let c = 0; c < columns; c++) {
        square += (data[(a * POSITIONS + u) * columns + c] - data[(b * POSITIONS + u) * columns + c]) ** 2
      }
      return { u, square }
    })
    for (const { u } of apart.toSorted((p, q) => q.square - p.square).slice(0, TAKEN)) {
      rows.add(a * POSITIONS + u).add(b * POSITIONS + u)
    }
  }
  return [...rows]
}
