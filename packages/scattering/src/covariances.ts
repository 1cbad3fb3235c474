// Scattering covariances of stationary images: how x and its moduli |x ⋆ ψ| go together at each scale. They know phases between scales,
// which powers and means of moduli do not.
import {
  type RealDType,
  type Rules,
  Tensor,
  aBackend,
  anything,
  checkOptions,
  concat,
  differentiable,
  matmul,
  realOf,
  reference,
  scope,
  sub,
  take,
  unrecorded,
  wholeNumber,
  wholeNumbers,
} from '@scatterlab/tensor'
import { filterBank2d } from '@scatterlab/wavelets'
import { imageAxis } from './axis-2d.ts'
import { bandSpectra, bandSpectraGradient } from './band-spectra.ts'
import { type Bands, type Window, bandsOf, covariancePaths, entriesOf } from './covariance-paths.ts'
import { type GroupGradient, type GroupTransform, backward, forward } from './groups.ts'
import { type Inputs, batchOf, resident } from './images.ts'
import { type MomentPath, type Moments2d, type Moments2dOptions, imageBands } from './moments.ts'
import { momentsOf } from './moments-of.ts'
import { complete } from './options-2d.ts'
import { imagePaths } from './paths-2d.ts'
import { NEGLIGIBLE, planOf } from './plan.ts'
import { halvings } from './sampling.ts'

/** Options of `covariances2d`. The paper's letters in brackets. */
export type Covariances2dOptions = Omit<Moments2dOptions, 'maxOrder' | 'powers'>

const rules: Rules<Covariances2dOptions> = {
  shape: wholeNumbers(2, 1, 2 ** 13),
  scales: wholeNumber(1),
  orientations: wholeNumber(1),
  filters: anything,
  backend: aBackend,
}

/** A transform for one element type. */
interface Prepared {
  readonly transform: GroupTransform
  readonly gradient: GroupGradient
  readonly dispose: () => void
}

/**
 * E x, E|x ⋆ ψ|, E|x ⋆ ψ|², and the covariances C01 = E (x ⋆ ψ2)(|x ⋆ ψ1| ⋆ ψ2)* and C11 = E (|x ⋆ ψ1| ⋆ ψ3)(|x ⋆ ψ2| ⋆ ψ3)*, means over the
 * image, which goes on periodically; the last wavelet is an octave or more coarser than those before it, and of C11 λ1 ≤ λ2 (Morel et al. 2023,
 * Cheng et al. 2024). A covariance is two moments, its real and its imaginary part. For one wavelet an octave there are 1 + 2JL + L²J(J−1) +
 * L³J(J−1)(2J−1)/6 numbers. Throws `ValueError` naming the option, its value and the fix.
 *
 * @example covariances2d({ shape: [256, 256], scales: 7, orientations: 4 })
 */
export function covariances2d(given: Covariances2dOptions): Moments2d {
  const checked = checkOptions('covariances2d', given, rules, ['shape', 'scales'])
  const { backend = reference, shape, scales } = checked
  const options = complete({ ...checked, averaging: 'global', padding: 'periodic' })
  const { orientations, filters, scalesPerOctave } = options
  const [rows, columns] = [imageAxis(shape[0], options), imageAxis(shape[1], options)]
  const bankFor = (threshold: number) => filterBank2d({ ...filters, shape, scales, orientations, threshold })
  const tree = imagePaths(bankFor(NEGLIGIBLE.float32), 1, Math.min(halvings(shape[0]), halvings(shape[1])))
  const bands = bandsOf(tree.all, scalesPerOctave, (level) => [
    shape[0] / rows.step(level),
    shape[1] / columns.step(level),
  ])
  const powers = imageBands(backend, { ...filters, shape, scales, orientations })
  const paths = pathsOf(bands)
  const known = new Map<RealDType, Prepared>()
  const inputs: Inputs = { noun: 'image', size: shape }

  function preparedFor(dtype: RealDType): Prepared {
    const found = known.get(dtype)
    if (found) return found
    const bank = bankFor(NEGLIGIBLE[dtype])
    const psi = (wavelet: number, level: number) => bank.psi[wavelet].atLevel(level)
    const plan = planOf({ dtype, backend, rows, columns, tree, psi, phi: null })
    const made = {
      transform: bandSpectra(plan, bands),
      gradient: bandSpectraGradient(plan, bands),
      dispose: plan.dispose,
    }
    known.set(dtype, made)
    return made
  }

  /** Means and windows of images: [images, numbers]. */
  function spectraOf(x: Tensor): Tensor {
    const dtype = realOf(x.dtype)
    const { count, slice } = batchOf(x, inputs)
    const images = (first?: number): Tensor => resident(slice(0, count), backend, inputs, first)
    const S = unrecorded(() =>
      scope(() => {
        const { transform } = preparedFor(dtype)
        return forward({ backend, dtype, key: transform }, images(0), bands.layout, transform)
      }),
    )
    const pullback = (g: Tensor): Tensor => {
      const { gradient } = preparedFor(dtype)
      const means = { backend, dtype, key: gradient }
      return unrecorded(() => backward(means, images(), g, bands.layout, gradient).reshape(...x.shape))
    }
    return differentiable(S, [x, pullback])
  }

  return momentsOf({
    backend,
    noun: 'images',
    inputShape: shape,
    paths,
    bands: powers,
    apply: (x) =>
      scope(() => {
        const S = spectraOf(x)
        const numbers = [
          S.slice(null, [0, bands.all.length]),
          powers.of(x),
          ...bands.windows.map((w) => productsOf(S, w)),
        ]
        return concat(numbers, -1).reshape(...x.shape.slice(0, -2), paths.length)
      }),
    dispose() {
      for (const prepared of known.values()) prepared.dispose()
      known.clear()
    },
  })
}

function pathsOf({ all, windows }: Bands): MomentPath[] {
  const [, ...moduli] = all
  const paths: MomentPath[] = all.map(
    ({ index, order, parent, scales, orientations, angles, frequencies, bandwidths }) => ({
      index,
      order,
      parent,
      scales,
      orientations,
      angles,
      frequencies,
      bandwidths,
      kind: 'mean',
    }),
  )
  for (const path of paths.slice(1, 1 + moduli.length)) paths.push({ ...path, index: paths.length, kind: 'power' })
  for (const window of windows) paths.push(...covariancePaths(window, paths.length))
  return paths
}

/** The covariances of the fields of a window: [images, numbers]. By Parseval they are sums over frequencies. */
function productsOf(S: Tensor, { wavelets, fields, offset, points }: Window): Tensor {
  const [count, own] = [S.shape[0], fields.length]
  const of = [count, wavelets.length, own]
  const z = S.slice(null, [offset, offset + wavelets.length * own * 2 * points]).reshape(...of, 2 * points)
  const pairs = z.reshape(...of, points, 2)
  const [re, im] = [0, 1].map((part) => pairs.slice(null, null, null, null, part))
  const real = matmul(z, z.transpose(0, 1, 3, 2))
  // Im E a·b* = E Im a·Re b − E Re a·Im b
  const half = matmul(im, re.transpose(0, 1, 3, 2))
  const imaginary = sub(half, half.transpose(0, 1, 3, 2))
  const flat = [real, imaginary].map((part) => part.reshape(count, wavelets.length, own * own))
  const places = entriesOf(own).map(({ place }) => place)
  return take(concat(flat, -1), places, -1).reshape(count, wavelets.length * places.length)
}
