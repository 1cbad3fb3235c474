// Where ρ does nothing: an average of what is nowhere negative is nowhere negative itself, and ρ leaves it as it is. Measured at the
// averages of the scattering transform, and map by map in the learned tree.
import { type Layer, type Network, type Weights, operations, relu } from '@scatterlab/nn'
import { type Path, type Scattering2d, scattering2d } from '@scatterlab/scattering'
import { type Tensor, add, mul, sub, tensor } from '@scatterlab/tensor'
import { WIDTHS } from './networks.ts'
import type { Features } from './items.ts'

/** How much ρ = |·| would change the averages of one order: the largest change over the largest average. */
export interface AverageChange {
  readonly order: number
  readonly change: number
}

/** What |S| differs from S, order by order. */
export function rhoAtAverages({ data, shape }: Features, paths: readonly Path[]): AverageChange[] {
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

/**
 * How much of φ lies below 0: Σ|min(φ, 0)| / Σ|φ| over its values at all pixels, in double precision. No average of what is nowhere
 * negative can be further below 0 than this share of its largest value.
 */
export function negativePartOf(transform: Scattering2d): number {
  const pixels = transform.options.shape[0] * transform.options.shape[1]
  const impulses = new Float64Array(pixels ** 2)
  for (let i = 0; i < pixels; i++) impulses[i * pixels + i] = 1
  const averages = scattering2d({ ...transform.options, maxOrder: 0 })
  const phi = averages.transform({ data: impulses, shape: [pixels, ...transform.options.shape] }).data
  averages.dispose()
  let [below, whole] = [0, 0]
  for (const value of phi) {
    below += Math.max(-value, 0)
    whole += Math.abs(value)
  }
  return below / whole
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
}

/** Every map of the tree, measured on digits x [digits, 1, 32, 32]. Needs a back end whose numbers lie on the host. */
export function rhoInTree(tree: Network, weights: Weights, x: Tensor): TreeMap[] {
  const changed = new Map<string, number[]>()
  tree.forward(weights, x, {
    observe(name, output) {
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
    },
  })
  return WIDTHS.flatMap((maps, level) => {
    const filters = weights.parameters[`conv${level + 1}.weight`].toTypedArray()
    const taps = filters.length / maps
    return Array.from({ length: maps }, (_, map) => {
      let [sum, size] = [0, 0]
      for (const w of filters.subarray(map * taps, (map + 1) * taps)) {
        sum += w
        size += Math.abs(w)
      }
      const lowPass = sum / size
      return { level, map, lowPass, changed: changed.get(`conv${level + 1}`)![map] }
    })
  })
}

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
