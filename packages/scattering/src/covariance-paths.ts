// Which scattering covariances there are, and where the fields lie that they are made of.
import type { Layout } from './groups.ts'
import { packed } from './groups.ts'
import type { MomentPath } from './moments.ts'
import type { PathNode } from './paths.ts'
import type { Path } from './paths-2d.ts'

/** A node of a tree of order 1: x itself, or one |x ⋆ ψ|. */
export type Band = Path & PathNode

/** x and the moduli |x ⋆ ψ_λ| of finer scales, seen through the wavelets of one scale: [orientations, fields, 2·height·width]. */
export interface Window {
  /** Those wavelets. */
  readonly wavelets: readonly Band[]
  /** What is seen through each of them, x first. */
  readonly fields: readonly Band[]
  /** Indices in the layout, wavelet by wavelet and field by field. */
  readonly first: number
  /** Where its numbers begin. */
  readonly offset: number
  /** Complex numbers of one field: the spectrum on the grid of the scale. */
  readonly points: number
}

/** All that is computed of an image before products are taken: the mean of x and of each modulus, then the windows. */
export interface Bands {
  readonly all: readonly Band[]
  readonly windows: readonly Window[]
  readonly layout: Layout
}

/** The windows of a tree of order 1; a scale is seen through those an octave or more coarser. */
export function bandsOf(
  all: readonly Band[],
  scalesPerOctave: number,
  gridOf: (level: number) => readonly [height: number, width: number],
): Bands {
  const [root, ...moduli] = all
  const sizes: (readonly [number, number])[] = all.map(() => [1, 1])
  const windows: Omit<Window, 'offset'>[] = []
  for (const scale of new Set(moduli.map(({ scales }) => scales[0]))) {
    const wavelets = moduli.filter(({ scales }) => scales[0] === scale)
    const fields = [root, ...moduli.filter(({ scales }) => scales[0] + scalesPerOctave <= scale)]
    if (fields.length === 1) continue
    const [height, width] = gridOf(wavelets[0].level)
    windows.push({ wavelets, fields, first: sizes.length, points: height * width })
    // a real part and an imaginary one beside each other
    for (let i = 0; i < wavelets.length * fields.length; i++) sizes.push([height, 2 * width])
  }
  const layout = packed(sizes)
  return { all, layout, windows: windows.map((window) => ({ ...window, offset: layout.offsets[window.first] })) }
}

/** One number of the matrix E z_a z_b* of the fields of a window: its place among all real parts, then all imaginary ones. */
interface Entry {
  readonly a: number
  readonly b: number
  readonly part: 'real' | 'imaginary'
  readonly place: number
}

/** The numbers that tell of fields a and b ≥ a: all but the power of x itself, and imaginary parts that are 0. */
export function entriesOf(fields: number): Entry[] {
  const entries: Entry[] = []
  for (let a = 0; a < fields; a++) {
    for (let b = Math.max(a, 1); b < fields; b++) {
      const place = a * fields + b
      entries.push({ a, b, part: 'real', place })
      if (b > a) entries.push({ a, b, part: 'imaginary', place: fields * fields + place })
    }
  }
  return entries
}

/** What each number of a window means, wavelet by wavelet; `from` is the index of the first. */
export function covariancePaths({ wavelets, fields }: Window, from: number): MomentPath[] {
  let index = from
  return wavelets.flatMap((through) =>
    entriesOf(fields.length).map(({ a, b, part }): MomentPath => {
      const chain = a === 0 ? [fields[b], through] : [fields[a], fields[b], through]
      return {
        index: index++,
        order: chain.length,
        parent: -1,
        kind: a === 0 ? 'C01' : 'C11',
        part,
        scales: chain.flatMap(({ scales }) => scales),
        orientations: chain.flatMap(({ orientations }) => orientations),
        angles: chain.flatMap(({ angles }) => angles),
        frequencies: chain.flatMap(({ frequencies }) => frequencies),
        bandwidths: chain.flatMap(({ bandwidths }) => bandwidths),
      }
    }),
  )
}
