// What scattering covariances are products of, computed of a group of images: the means of x and |x ⋆ ψ_λ|, and the spectra of x ⋆ ψ and
// |x ⋆ ψ_λ| ⋆ ψ at the samples of each ψ. The steps are the cascade's.
import * as operations from '@scatterlab/tensor/operations'
import type { View } from '@scatterlab/tensor'
import { average, workspace } from './cascade.ts'
import type { Band, Bands } from './covariance-paths.ts'
import type { GroupGradient, GroupTransform } from './groups.ts'
import type { Plan } from './plan.ts'

/** Where a field is seen: through which wavelet, and the index of the result. */
type Sight = readonly [through: Band, index: number]

/** The windows of each field. */
function sightsOf({ windows }: Bands): (field: Band) => readonly Sight[] {
  const found = new Map<number, Sight[]>()
  for (const { wavelets, fields, first } of windows) {
    wavelets.forEach((through, w) =>
      fields.forEach(({ index }, f) => {
        const own = found.get(index) ?? []
        own.push([through, first + w * fields.length + f])
        found.set(index, own)
      }),
    )
  }
  return ({ index }) => found.get(index) ?? []
}

/** Real numbers [images, height, 2·width], a real part and an imaginary one by turns, as complex ones. */
const asComplex = (view: View): View => ({
  ...view,
  dtype: view.dtype === 'float32' ? 'complex64' : 'complex128',
  shape: [view.shape[0], view.shape[1], view.shape[2] / 2],
  strides: [view.strides[0], view.strides[1], 2 * view.strides[2]],
  imagStride: view.strides[2],
})

/** Means and windows of a group. */
export function bandSpectra(plan: Plan, bands: Bands): GroupTransform {
  const { backend, rows, columns } = plan
  const [root, ...moduli] = bands.all
  const sights = sightsOf(bands)
  return (x, count, out) => {
    const space = workspace(plan, count)
    const seen = (field: Band, Uhat: View): void => {
      for (const [{ wavelet, level }, index] of sights(field)) {
        const psi = plan.psi(wavelet, field.level)
        operations.periodise(backend, Uhat, psi, plan.factors(field.level, level), asComplex(out(index)))
      }
    }
    const U0 = space.field(root)
    operations.pad(backend, x, rows.source, columns.source, U0)
    average(plan, root, U0, out(root.index))
    const Uhat0 = space.spectrum(root)
    operations.spectrum(backend, U0, Uhat0)
    seen(root, Uhat0)
    for (const band of moduli) {
      const U = space.field(band)
      operations.waveletModulus(backend, Uhat0, plan.psi(band.wavelet, 0), plan.factors(0, band.level), U)
      average(plan, band, U, out(band.index))
      if (sights(band).length === 0) continue
      const Uhat = space.spectrum(band)
      operations.spectrum(backend, U, Uhat)
      seen(band, Uhat)
    }
    space.release()
  }
}

/** Its gradient: windows are linear in x and in the moduli, so that no modulus is needed on the way back but in its own adjoint. */
export function bandSpectraGradient(plan: Plan, bands: Bands): GroupGradient {
  const { backend, rows, columns } = plan
  const [root, ...moduli] = bands.all
  const sights = sightsOf(bands)
  return (x, count, g, out) => {
    const space = workspace(plan, count)
    const gradients = workspace(plan, count)
    const fromAverage = (band: Band): View => {
      const gU = gradients.field(band)
      const phi = plan.phi(band.level)
      operations.averageAdjoint(backend, g(band.index), phi.rows, phi.columns, gU)
      return gU
    }
    const fromSights = (field: Band, gUhat: View, started: boolean): void => {
      for (const [i, [{ wavelet, level }, index]] of sights(field).entries()) {
        const psi = plan.psi(wavelet, field.level)
        const factors = plan.factors(field.level, level)
        operations.periodiseAdjoint(backend, asComplex(g(index)), psi, factors, gUhat, started || i > 0)
      }
    }
    const U0 = space.field(root)
    operations.pad(backend, x, rows.source, columns.source, U0)
    const Uhat0 = space.spectrum(root)
    operations.spectrum(backend, U0, Uhat0)
    const gUhat0 = gradients.spectrum(root)
    for (const [i, band] of moduli.entries()) {
      const gU = fromAverage(band)
      if (sights(band).length > 0) {
        const gUhat = gradients.spectrum(band)
        fromSights(band, gUhat, false)
        operations.spectrumAdjoint(backend, gUhat, gU, true)
      }
      const factors = plan.factors(0, band.level)
      operations.waveletModulusAdjoint(backend, Uhat0, plan.psi(band.wavelet, 0), factors, gU, gUhat0, i > 0)
    }
    fromSights(root, gUhat0, true)
    const gU0 = fromAverage(root)
    operations.spectrumAdjoint(backend, gUhat0, gU0, true)
    operations.padAdjoint(backend, gU0, rows.source, columns.source, out)
    space.release()
    gradients.release()
  }
}
