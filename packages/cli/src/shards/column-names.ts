// A name for the column of each path, from what the path is: `s1_j2_l5` is order 1, scale 2, orientation 5.
import type { Manifest } from './manifest.ts'

/** What may be known of a path, whatever its transform. */
interface AnyPath {
  readonly order?: number
  readonly scales?: readonly number[]
  readonly orientations?: readonly number[]
  readonly wavelets?: readonly number[]
}

/** Names of columns, one a path and channel, each once. */
export function columnNames(paths: readonly object[], { settings: { channels } }: Manifest): string[] {
  const own = paths.map((path, i) => nameOf(path as AnyPath, i))
  const isEachOnce = new Set(own).size === own.length
  const each = isEachOnce ? own : own.map((name, i) => `p${i}_${name}`)
  if (channels === 1) return each
  return Array.from({ length: channels }, (_, c) => each.map((name) => `c${c}_${name}`)).flat()
}

function nameOf({ order = 0, scales, orientations, wavelets }: AnyPath, i: number): string {
  const parts = (letter: string, values: readonly number[] = []): string[] => values.map((value) => `${letter}${value}`)
  if (order === 0) return 's0'
  if (wavelets) return [`s${order}`, ...parts('n', wavelets)].join('_')
  if (scales && orientations) {
    return [`s${order}`, ...scales.flatMap((j, k) => [`j${j}`, `l${orientations[k]}`])].join('_')
  }
  return `p${i}_s${order}`
}
