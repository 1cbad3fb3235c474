// A start for inversion whose moduli are about those that the coefficients tell of: phases are found by going to and fro between the image
// and its wavelet fields.
import {
  type ArrayInput,
  type Rule,
  type Rules,
  type ShapedArray,
  ShapeError,
  Tensor,
  aSeed,
  add,
  asTensor,
  checkArgument,
  checkOptions,
  complex,
  fft2,
  formatShape,
  having,
  ifft2,
  mul,
  pointwise,
  random,
  realArray,
  realOf,
  sameShape,
  scope,
  tensor,
  wholeNumber,
} from '@scatterlab/tensor'
import { type Bank, filterBank1d, filterBank2d, littlewoodPaley, toGrid } from '@scatterlab/wavelets'
import { oneRow, signalAxis } from './axis-1d.ts'
import { imageAxis } from './axis-2d.ts'
import { complete1d } from './options-1d.ts'
import type { CompleteOptions } from './options-2d.ts'
import type { Axis } from './sampling.ts'
import type { Scattering1d } from './scattering-1d.ts'
import type { Scattering2d } from './scattering-2d.ts'

/** How phases are found. */
export interface GriffinLimOptions {
  /** Times to and fro (default 20). */
  readonly iterations?: number
  /** Of the noise that it begins with (default 0). */
  readonly seed?: number
}

const rules: Rules<GriffinLimOptions> = { iterations: wholeNumber(0, 10_000), seed: aSeed }
const kind = 'a transform, scattering2d({ … }) or scattering1d({ … })'
const aTransform: Rule = (value) =>
  having(kind, 'apply', 'moduli')(value) ?? (Object(value).options instanceof Object ? undefined : kind)

/** Share of the largest Littlewood–Paley sum that is added to it: frequencies that no filter covers are left alone. */
const LEAST = 1e-2

/** z with the modulus m. */
const withModulus = pointwise('withModulus', (re, im, m) => m.over(re.square().plus(im.square()).sqrt().max(1e-30)))

/**
 * Images or signals [..., size] whose moduli |x ⋆ ψ_λ| are nearly S[λ], spread over the places between the kept samples, and whose low
 * frequencies are S[∅]: a start for `invert`. From noise, each time the moduli are set and the image is made of the fields by the dual
 * wavelets (Griffin & Lim 1984; Waldspurger 2017). The image is taken as periodic. Throws `ShapeError` for coefficients of another shape.
 *
 * @example await invert(S, scatter, { minimise: lbfgs, start: griffinLim(S, scatter) })
 */
export function griffinLim(
  target: ArrayInput,
  transform: Scattering2d | Scattering1d,
  options?: GriffinLimOptions,
): ShapedArray {
  checkArgument('griffinLim: the transform', transform, aTransform)
  const { iterations = 20, seed = 0 } = checkOptions('griffinLim', options, rules)
  const { inputShape, outputShape, paths } = transform
  const S = asTensor(target, 'the target')
  const batch = S.shape.slice(0, -outputShape.length)
  if (!sameShape(S.shape, [...batch, ...outputShape])) {
    throw new ShapeError(
      `the target has shape ${formatShape(S.shape)}, the coefficients of this transform [..., ${outputShape.join(', ')}]`,
    )
  }
  const { axes, bank } = placesOf(transform)
  const [height, width] = bank.grid
  const kept = axes.map(({ length, positions }) => ({ length, positions }))
  const own = kept[0].positions.length * kept[1].positions.length
  const numbers = S.toTypedArray()
  const data = realArray(realOf(S.dtype), (numbers.length / paths.length / own) * height * width)
  const spread = (of: ArrayLike<number>): Tensor => tensor(between(of, kept), [height, width])
  const sum = littlewoodPaley(bank)
  const cover = sum.sum.map((a) => 1 / (a + LEAST * sum.upper))
  const grid = (filter: Float64Array): Tensor => complex(tensor(filter, [height, width]))
  const stream = random(seed)
  for (let item = 0; item * paths.length * own < numbers.length; item++) {
    scope(() => {
      const path = (index: number): ArrayLike<number> =>
        numbers.subarray((item * paths.length + index) * own, (item * paths.length + index + 1) * own)
      const low = fft2(spread(path(0)))
      const phi = lowPassOf(bank)
      const fields = bank.psi.map((psi, i) => {
        const filter = toGrid(psi.atLevel(0))
        return { psi: grid(filter), dual: grid(filter.map((v, k) => v * cover[k])), modulus: spread(path(1 + i)) }
      })
      // what low-pass samples say is the low-pass itself, so that it counts by φ̂/A
      const base = mul(low, grid(phi.map((v, k) => v * cover[k])))
      let x: Tensor = tensor(stream.fillNormal(new Float64Array(height * width)) as Float64Array, [height, width])
      for (let k = 0; k <= iterations; k++) {
        x = scope(() => {
          const spectrum = fft2(x)
          let made = base
          for (const { psi, dual, modulus } of fields) {
            made = scope(() => {
              const z = ifft2(mul(spectrum, psi))
              const gain = withModulus(z.real, z.imag, modulus)
              return add(made, mul(fft2(mul(z, complex(gain))), dual))
            })
          }
          return ifft2(made).real.clone()
        })
      }
      data.set(x.toTypedArray(), item * height * width)
    })
  }
  return { data, shape: [...batch, ...inputShape] }
}

/** The kept places along an axis, in samples of the image. */
interface Places {
  readonly length: number
  readonly positions: readonly number[]
}

/** Where coefficients stand, and the first-order wavelets on the periodic image. */
function placesOf(transform: Scattering2d | Scattering1d): { axes: readonly Places[]; bank: Bank } {
  const places = ({ kept, start, length }: Axis, isWindow: boolean): Places => ({
    length,
    positions: isWindow ? kept.map((at) => at - start) : [0],
  })
  const { options } = transform
  if ('length' in options) {
    const own = complete1d(options)
    const { length, scales, waveletsPerOctave, averaging, filters } = own
    return {
      axes: [places(oneRow, true), places(signalAxis(own), own.averaged === 'window')],
      bank: filterBank1d({ ...filters, length, scales, waveletsPerOctave: waveletsPerOctave[0], averaging }),
    }
  }
  // those of `scattering2d` have every default filled in
  const own = options as CompleteOptions
  const { shape, scales, orientations, filters, averaging } = own
  return {
    axes: shape.map((length) => places(imageAxis(length, own), averaging === 'window')),
    bank: filterBank2d({ ...filters, shape, scales, orientations }),
  }
}

/** φ̂ on the grid of a bank. */
function lowPassOf({ grid: [height, width], phi }: Bank): Float64Array {
  const low = phi.atLevel(0)
  if ('values' in low) return toGrid(low)
  return Float64Array.from(
    { length: height * width },
    (_, i) => low.rows[Math.floor(i / width)] * low.columns[i % width],
  )
}

/** Numbers at the places [rows, columns] spread over the whole image, linearly between them and constant beyond. */
function between(of: ArrayLike<number>, [rows, columns]: readonly Places[]): Float64Array {
  const across = weightsOf(columns)
  const count = columns.positions.length
  return Float64Array.from(
    weightsOf(rows).flatMap((down) =>
      across.map(({ at, share }) => {
        const line = (row: number): number => {
          const from = row * count
          return (1 - share) * of[from + at] + share * of[from + Math.min(at + 1, count - 1)]
        }
        return (1 - down.share) * line(down.at) + down.share * line(Math.min(down.at + 1, rows.positions.length - 1))
      }),
    ),
  )
}

/** For each sample the place before it, and its share of the way to the next. */
function weightsOf({ length, positions }: Places): { at: number; share: number }[] {
  const [first, step] = [positions[0], positions.length > 1 ? positions[1] - positions[0] : 1]
  return Array.from({ length }, (_, i) => {
    const along = Math.min(positions.length - 1, Math.max(0, (i - first) / step))
    const at = Math.floor(along)
    return { at, share: along - at }
  })
}
