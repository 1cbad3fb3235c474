// The cascade backwards: from a gradient on the coefficients to one on the images. Moduli are computed again on the way: it holds
// one modulus, one spectrum and their gradients for each order, and no more.
import * as operations from '@scatterlab/tensor/operations'
import type { View } from '@scatterlab/tensor'
import { workspace } from './cascade.ts'
import type { PathNode } from './paths.ts'
import type { Plan } from './plan.ts'

/** Gives the gradient on the coefficients of one path, a real view [images, rows, columns]. */
export type GradientOf = (path: PathNode) => View

/**
 * out ← J(x)ᵀ g for a group of images: x and out are real views [images, height, width], g a gradient on each path's averages.
 * At a modulus of 0 the derivative is taken as 0.
 */
export function cascadeGradient(plan: Plan, x: View, count: number, g: GradientOf, out: View): void {
  const { backend, rows, columns, tree } = plan
  const space = workspace(plan, count)
  const gradients = workspace(plan, count)

  const fromAverage = (path: PathNode): View => {
    const gU = gradients.field(path)
    const phi = plan.phi(path.level)
    operations.averageAdjoint(backend, g(path), phi.rows, phi.columns, gU)
    return gU
  }

  const descend = (path: PathNode, Uhat: View, gUhat: View): void => {
    for (const [i, next] of path.children.entries()) {
      const psi = plan.psi(next.wavelet, path.level)
      const factors = plan.factors(path.level, next.level)
      const gU = fromAverage(next)
      if (next.children.length > 0) {
        const U = space.field(next)
        operations.waveletModulus(backend, Uhat, psi, factors, U)
        fromSpectrum(next, U, gU)
      }
      operations.waveletModulusAdjoint(backend, Uhat, psi, factors, gU, gUhat, i > 0)
    }
  }

  const fromSpectrum = (path: PathNode, U: View, gU: View): void => {
    const Uhat = space.spectrum(path)
    const gUhat = gradients.spectrum(path)
    operations.spectrum(backend, U, Uhat)
    descend(path, Uhat, gUhat)
    operations.spectrumAdjoint(backend, gUhat, gU, true)
  }

  const { root } = tree
  const U0 = space.field(root)
  const gU0 = fromAverage(root)
  operations.pad(backend, x, rows.source, columns.source, U0)
  if (root.children.length > 0) fromSpectrum(root, U0, gU0)
  operations.padAdjoint(backend, gU0, rows.source, columns.source, out)
  space.release()
  gradients.release()
}
