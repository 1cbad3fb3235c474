// Which scattering covariances there are, and where the fields lie that they are made of: of images and of signals.
import type { Layout } from './groups.ts'
import { packed } from './groups.ts'
import type { Moment } from './moments-of.ts'
import type { AnyPath, Described, PathNode } from './paths.ts'

/** A node of a tree of order 1: x itself, or one |x ⋆ ψ|. */
export type Band<P extends AnyPath = AnyPath> = P & PathNode

/** x and the moduli |x ⋆ ψ_λ| of finer scales, seen through the wavelets of one scale: [wavelets, fields, 2·height·width]. */
export interface Window<P extends AnyPath = AnyPath> {
  /** Those wavelets. */
  readonly wavelets: readonly Band<P>[]
  /** What is seen through each of them, x first. */
  readonly fields: readonly Band<P>[]
  /** Indices in the layout, wavelet by wavelet and field by field. */
  readonly first: number
  /** Where its numbers begin. */
  readonly offset: number
  /** Complex numbers of one field: the spectrum on the grid of the scale. */
  readonly points: number
}

/** All that is computed of an image before products are taken: the mean of x and of each modulus, then the windows. */
export interface Bands<P extends AnyPath = AnyPath> {
  readonly all: readonly Band<P>[]
  readonly windows: readonly Window<P>[]
  readonly layout: Layout
}

/** How wavelets lie to one another. */
export interface ScaleOrder<P extends AnyPath> {
  /** Wavelets of one scale have one grid, and see the same fields. */
  readonly scaleOf: (band: Band<P>) => number
  /** Whether a wavelet is an octave or more coarser than that of a modulus. */
  readonly isCoarser: (through: Band<P>, field: Band<P>) => boolean
  /** Height and width of the grid of a level. */
  readonly gridOf: (level: number) => readonly [height: number, width: number]
}

/** The windows of a tree of order 1. */
export function bandsOf<P extends AnyPath>(
  all: readonly Band<P>[],
  { scaleOf, isCoarser, gridOf }: ScaleOrder<P>,
): Bands<P> {
  const [root, ...moduli] = all
  const sizes: (readonly [number, number])[] = all.map(() => [1, 1])
  const windows: Omit<Window<P>, 'offset'>[] = []
  for (const scale of new Set(moduli.map(scaleOf))) {
    const wavelets = moduli.filter((band) => scaleOf(band) === scale)
    const fields = [root, ...moduli.filter((field) => isCoarser(wavelets[0], field))]
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

/** What each number means: means and powers, then the windows. `described` says what some wavelets in a row are. */
export function covariancePaths<P extends AnyPath & Pick<Moment, 'frequencies'>>(
  { all, windows }: Bands<P>,
  described: (chain: readonly Band<P>[]) => Described<P>,
): (P & Moment)[] {
  const paths: (P & Moment)[] = []
  const add = (chain: readonly Band<P>[], parent: number, kind: Omit<Moment, 'order' | 'frequencies'>): void => {
    const own = { index: paths.length, order: chain.length, parent, ...kind }
    paths.push({ ...described(chain), ...own } as unknown as P & Moment)
  }
  const [root, ...moduli] = all
  add([], root.parent, { kind: 'mean' })
  for (const band of moduli) add([band], band.parent, { kind: 'mean' })
  for (const band of moduli) add([band], band.parent, { kind: 'power' })
  for (const { wavelets, fields } of windows) {
    for (const through of wavelets) {
      for (const { a, b, part } of entriesOf(fields.length)) {
        const isWithX = a === 0
        add([...(isWithX ? [] : [fields[a]]), fields[b], through], -1, { kind: isWithX ? 'C01' : 'C11', part })
      }
    }
  }
  return paths
}
