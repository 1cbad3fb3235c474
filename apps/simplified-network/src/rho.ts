// Where ρ does nothing: an average of what is nowhere negative is nowhere negative itself, and ρ leaves it as it is. Measured at the
// averages of the scattering transform, and map by map in the learned tree.
import { type Layer, type Network, type Weights, operations, relu } from '@scatterlab/nn'
import type { Path } from '@scatterlab/scattering'
import { type ShapedArray, type Tensor, add, mul, scope, sub, tensor } from '@scatterlab/tensor'
import { filterBank2d } from '@scatterlab/wavelets'
import { WIDTHS } from './networks.ts'
import { gridOf } from './scattering-cost.ts'

/** How much ρ = |·| would change the averages of one order: the largest change over the largest average. */
export interface AverageChange {
  readonly order: number
  readonly change: number
}

/** What |S| differs from S, order by order. */
export function rhoAtAverages({ data, shape }: ShapedArray, paths: readonly Path[]): AverageChange[] {
  const [count, , rows, columns] = shape
  const size = rows * columns
  return [...new Set(paths.map(({ order }) => order))].map((order) => {
    let [change, largest] = [0, 0]
    for (const { index } of paths.filter((path) => path.order === order)) {
      for (let digit = 0; digit < count; digit++) {
        const start = (digit * paths.length + index) * size
        for (const s of data.subarray(start, start + size)) {
          change = Math.max(change, Math.abs(s) - s)
          largest = Math.max(largest, Math.abs(s))
        }
      }
    }
    return { order, change: change / largest }
  })
}

/** How much of the low-pass φ lies below 0, at a level of the cascade. */
export interface NegativePart {
  /** φ acts on moduli sampled every 2^level pixels. */
  readonly level: number
  /**
   * Σ|min(φ, 0)| / Σ|φ|. An average of what is nowhere negative can be below 0 by about this share of its largest value, if all of it
   * lies under those tails.
   */
  readonly share: number
}

/** The negative tails of φ ⊗ φ, which come from its spectrum being cut where the grid ends, level by level. */
export function negativeParts(scales: number): NegativePart[] {
  const grid = gridOf(scales)
  const { phi } = filterBank2d({ shape: [grid, grid], scales })
  return Array.from({ length: scales }, (_, level) => {
    const spectrum = phi.atLevel(level).rows
    const n = spectrum.length
    let [below, whole] = [0, 0]
    for (let d = 0; d < n; d++) {
      const h = spectrum.reduce((sum, value, k) => sum + value * Math.cos((2 * Math.PI * k * d) / n), 0)
      below += Math.max(-h, 0)
      whole += Math.abs(h)
    }
    // negative where one factor is and the other is not
    const along = below / whole
    return { level, share: 2 * along * (1 - along) }
  })
}

/** A map of the tree: what its filter is like, and what ρ does to its output. */
export interface TreeMap {
  /** From 0. */
  readonly level: number
  readonly map: number
  /** Σw / Σ|w|: 1 for a filter that averages, −1 for one that averages and changes the sign, near 0 for a band-pass. */
  readonly lowPass: number
  /** ‖ρ(z) − z‖² / ‖z‖² of the map's output z before ρ. */
  readonly changed: number
  /** Whether it is given next to nothing: ρ left less than 1 % of an ancestor's energy, so that its output is its bias. */
  readonly unfed: boolean
}

/** Of its energy, what ρ takes from a map that is silent. */
const SILENT = 0.99

/** Every map of the tree, measured on digits x [digits, 1, 32, 32]. Needs a back end whose numbers lie on the host. */
export function rhoInTree(tree: Network, weights: Weights, x: Tensor): TreeMap[] {
  const changed = new Map<string, number[]>()
  const observe = (name: string, output: Tensor): void => {
    if (!name.startsWith('conv')) return
    const [digits, maps, ...sides] = output.shape
    const z = output.toTypedArray()
    const size = sides[0] * sides[1]
    const shares = Array.from({ length: maps }, (_, map) => {
      let [negative, whole] = [0, 0]
      for (let digit = 0; digit < digits; digit++) {
        const start = (digit * maps + map) * size
        for (let i = start; i < start + size; i++) {
          whole += z[i] ** 2
          if (z[i] < 0) negative += z[i] ** 2
        }
      }
      return whole === 0 ? 0 : negative / whole
    })
    changed.set(name, shares)
  }
  scope(() => void tree.forward(weights, x, { observe }))
  let parents: readonly TreeMap[] = []
  return WIDTHS.flatMap((count, level) => {
    const filters = weights.parameters[`conv${level + 1}.weight`].toTypedArray()
    const taps = filters.length / count
    const maps = Array.from({ length: count }, (_, map): TreeMap => {
      const parent = parents[Math.floor((map * parents.length) / count)]
      const unfed = parent !== undefined && (parent.unfed || parent.changed > SILENT)
      let [sum, size] = [0, 0]
      for (const w of filters.subarray(map * taps, (map + 1) * taps)) {
        sum += w
        size += Math.abs(w)
      }
      return { level, map, lowPass: sum / size, changed: changed.get(`conv${level + 1}`)![map], unfed }
    })
    parents = maps
    return maps
  })
}

/** Filters of a kind, by Σw / Σ|w|. */
const KINDS = [
  { filters: 'averaging: above 0.3', from: 0.3, to: Infinity },
  { filters: 'band-pass: −0.1 to 0.1', from: -0.1, to: 0.1 },
  { filters: 'averaging, sign changed: below −0.3', from: -Infinity, to: -0.3 },
] as const

/** The median of what ρ changes at filters of a kind, of which there are `maps`. */
export interface KindMedian {
  readonly filters: string
  readonly maps: number
  readonly median: number
}

/** The medians of the kinds of filter that are there. */
export const mediansOf = (maps: readonly TreeMap[]): KindMedian[] =>
  KINDS.flatMap(({ filters, from, to }) => {
    const own = maps.filter(({ lowPass }) => lowPass > from && lowPass < to).map(({ changed }) => changed)
    if (own.length === 0) return []
    own.sort((a, b) => a - b)
    return [{ filters, maps: own.length, median: own[own.length >> 1] }]
  })

/** For `convNet`: ρ = max(·, 0) at every map but those that are named, which it leaves as they are. */
export const rhoExcept =
  (maps: readonly TreeMap[]) =>
  (level: number): Layer => {
    const linear = new Float32Array(WIDTHS[level])
    for (const at of maps) if (at.level === level) linear[at.map] = 1
    return {
      ...relu(),
      forward(z) {
        const kept = tensor(linear, [WIDTHS[level], 1, 1], { backend: z.backend })
        const rectified = operations.relu(z)
        return add(rectified, mul(sub(z, rectified), kept))
      },
    }
  }
