// Scattering covariances of images and of signals, from the fields that they are products of.
import {
  type Backend,
  type RealDType,
  Tensor,
  concat,
  differentiable,
  matmul,
  realOf,
  scope,
  sub,
  take,
  unrecorded,
} from '@scatterlab/tensor'
import type { BandPowers } from './band-powers.ts'
import { bandSpectra, bandSpectraGradient } from './band-spectra.ts'
import { type Band, type Bands, type Window, covariancePaths, entriesOf } from './covariance-paths.ts'
import { type GroupGradient, type GroupTransform, backward, forward } from './groups.ts'
import { type Inputs, batchOf, resident } from './images.ts'
import { type Moment, type Moments, momentsOf } from './moments-of.ts'
import type { AnyPath, Described } from './paths.ts'
import type { Plan } from './plan.ts'

/** What covariances are made of. */
export interface CovarianceParts<P extends AnyPath> {
  readonly backend: Backend
  readonly inputs: Inputs
  readonly bands: Bands<P>
  readonly powers: BandPowers
  readonly planFor: (dtype: RealDType) => Plan
  /** What some wavelets in a row are. */
  readonly described: (chain: readonly Band<P>[]) => Described<P>
}

/** A transform for one element type. */
interface Prepared {
  readonly transform: GroupTransform
  readonly gradient: GroupGradient
  readonly dispose: () => void
}

/** E x, E|x ⋆ ψ|, E|x ⋆ ψ|², and the covariances of the windows. */
export function covariancesOf<P extends AnyPath & Pick<Moment, 'frequencies'>>(
  parts: CovarianceParts<P>,
): Moments<P & Moment> {
  const { backend, inputs, bands, powers, planFor, described } = parts
  const paths = covariancePaths(bands, described)
  const known = new Map<RealDType, Prepared>()

  function preparedFor(dtype: RealDType): Prepared {
    const found = known.get(dtype)
    if (found) return found
    const plan = planFor(dtype)
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
    noun: `${inputs.noun}s`,
    inputShape: inputs.size,
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
        return concat(numbers, -1).reshape(...x.shape.slice(0, -inputs.size.length), paths.length)
      }),
    dispose() {
      for (const prepared of known.values()) prepared.dispose()
      known.clear()
    },
  })
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
