// Local support vectors (Oyallon 2017): points whose neighbours are mostly of other classes, however many neighbours are asked. How many
// there are says how rough the boundary between classes is.
import { type RunOptions, kNearestNeighbours } from '@scatterlab/learn'
import { type ShapedArray, ValueError } from '@scatterlab/tensor'

/**
 * |Γ_k| for k = 1 … `most`: Γ_k holds the points of Γ_{k−1} that the vote of their k nearest other points gives another class; of equal votes
 * the class of the nearest counts. Throws `ValueError` for fewer than `most` other points.
 */
export async function localSupportVectors(
  points: ShapedArray,
  labels: ArrayLike<number>,
  { most, ...run }: RunOptions & { readonly most: number },
): Promise<number[]> {
  const count = points.shape[0]
  if (most >= count) throw new ValueError(`${most} neighbours of ${count} points: give at least ${most + 1} points`)
  const classifier = kNearestNeighbours(points, labels, { k: most + 1, ...run })
  const { indices } = await classifier.neighbours(points)
  const found = new Array<number>(most).fill(0)
  for (let i = 0; i < count; i++) {
    const own = Array.from(indices.subarray(i * (most + 1), (i + 1) * (most + 1)))
    // the point itself stands first, or behind others that equal it, or behind all that are kept
    const others = own.filter((row) => row !== i).slice(0, most)
    const votes = new Map<number, number>()
    for (const [k, row] of others.entries()) {
      votes.set(labels[row], (votes.get(labels[row]) ?? 0) + 1)
      // a map keeps the order in which classes came: of equal votes the nearest class is the first
      const [winner] = [...votes].reduce((best, own) => (own[1] > best[1] ? own : best))
      if (winner === labels[i]) break
      found[k]++
    }
  }
  return found
}
