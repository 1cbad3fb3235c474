// Scattering covariances of stationary images: how x and its moduli |x ⋆ ψ| go together at each scale. They know phases between scales,
// which powers and means of moduli do not.
import { type Rules, aBackend, anything, checkOptions, reference, wholeNumber, wholeNumbers } from '@scatterlab/tensor'
import { filterBank2d } from '@scatterlab/wavelets'
import { imageAxis } from './axis-2d.ts'
import { bandsOf } from './covariance-paths.ts'
import { covariancesOf } from './covariances-of.ts'
import { type Moments2d, type Moments2dOptions, imageBands } from './moments.ts'
import { complete } from './options-2d.ts'
import { type Path, imagePaths } from './paths-2d.ts'
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
  return covariancesOf<Path>({
    backend,
    inputs: { noun: 'image', size: shape },
    bands: bandsOf<Path>(tree.all, {
      scaleOf: (band) => band.scales[0],
      isCoarser: (through, field) => field.scales[0] + scalesPerOctave <= through.scales[0],
      gridOf: (level) => [shape[0] / rows.step(level), shape[1] / columns.step(level)],
    }),
    powers: imageBands(backend, { ...filters, shape, scales, orientations }),
    planFor: (dtype) => {
      const bank = bankFor(NEGLIGIBLE[dtype])
      const psi = (wavelet: number, level: number) => bank.psi[wavelet].atLevel(level)
      return planOf({ dtype, backend, rows, columns, tree, psi, phi: null })
    },
    described: (chain) => ({
      scales: chain.flatMap((band) => band.scales),
      orientations: chain.flatMap((band) => band.orientations),
      angles: chain.flatMap((band) => band.angles),
      frequencies: chain.flatMap((band) => band.frequencies),
      bandwidths: chain.flatMap((band) => band.bandwidths),
    }),
  })
}
