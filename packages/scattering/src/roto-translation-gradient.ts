// Roto-translation scattering backwards: from a gradient on the coefficients to one on the images. Everything but the spectra of one
// scale is computed again on the way.
import * as operations from '@scatterlab/tensor/operations'
import type { View } from '@scatterlab/tensor'
import type { GroupGradient, PathView } from './groups.ts'
import {
  averagesOfAngles,
  extended,
  fibreOf,
  firstModuli,
  secondFields,
  spectraOf,
  spectrumOf,
} from './roto-translation-cascade.ts'
import type { ScaleNode } from './roto-translation-paths.ts'
import { type Memory, type RotoTranslationPlan, type Stack, inParts, memoryOf } from './roto-translation-plan.ts'

/** out ← J(x)ᵀ g of a group. At a modulus of 0 the derivative is taken as 0. */
export const rotoTranslationGradient =
  (plan: RotoTranslationPlan): GroupGradient =>
  (x, count, g, out) =>
    inParts(plan.backend, x.shape[0], count, (few, part) =>
      gradientOf(plan, part(x), few, (path) => part(g(path)), part(out)),
    )

function gradientOf(plan: RotoTranslationPlan, x: View, count: number, g: PathView, out: View): void {
  const { backend, tree, pixels, extension, rows, columns } = plan
  const memory = memoryOf(backend, plan.dtype, count)
  const gradients = memoryOf(backend, plan.dtype, count)
  const gRoot = gradients.real('U0', 1, plan.gridOf(0)).at(0)
  fromAverage(plan, 0, g(0), gRoot, false)
  if (tree.scales.length > 0) {
    const spectrum = spectrumOf(plan, memory, 'x̂', 0, 1).at(0)
    const gSpectrum = spectrumOf(plan, gradients, 'x̂', 0, 1).at(0)
    operations.spectrum(backend, extended(plan, memory, x), spectrum)
    tree.scales.forEach((node, i) => fromScale(plan, memory, gradients, spectrum, node, g, gSpectrum, i > 0))
    operations.spectrumAdjoint(backend, gSpectrum, gRoot, true)
  }
  const gPixels = gradients.real('x', 1, [rows.length, columns.length]).at(0)
  operations.averageAdjoint(backend, gRoot, extension.rows, extension.columns, gPixels)
  operations.padAdjoint(backend, gPixels, pixels.rows, pixels.columns, out)
  memory.release()
  gradients.release()
}

/** out ← or += the gradient of an average in space. */
export function fromAverage(plan: RotoTranslationPlan, level: number, g: View, out: View, adds: boolean): void {
  const { rows, columns } = plan.phi(level)
  operations.averageAdjoint(plan.backend, g, rows, columns, out, adds)
}

/** What the paths of one first scale say of x̂. */
function fromScale(
  plan: RotoTranslationPlan,
  memory: Memory,
  gradients: Memory,
  spectrum: View,
  node: ScaleNode,
  g: PathView,
  gSpectrum: View,
  adds: boolean,
): void {
  const { backend, orientations: L, psi, factor, gridOf } = plan
  const moduli = firstModuli(plan, memory, spectrum, node)
  const V = averagesOfAngles(plan, memory, moduli, node)
  const gV = gradients.real('V', L, plan.kept)
  operations.fibreModulusAdjoint(backend, V, plan.fibre(1), fibreOf(plan, g, node.first, 1), gV.fibre)
  const gModuli = gradients.real('U1', L, gridOf(node.level))
  for (let theta = 0; theta < L; theta++) fromAverage(plan, node.level, gV.at(theta), gModuli.at(theta), false)
  if (node.children.length > 0) {
    const gSpectra = fromPairs(plan, memory, gradients, spectraOf(plan, memory, moduli, node), node, g)
    for (let theta = 0; theta < L; theta++)
      operations.spectrumAdjoint(backend, gSpectra.at(theta), gModuli.at(theta), true)
  }
  for (let theta = 0; theta < L; theta++) {
    const filter = psi(node.scale, theta, 0)
    const sampled = factor(0, node.level)
    operations.waveletModulusAdjoint(
      backend,
      spectrum,
      filter,
      sampled,
      gModuli.at(theta),
      gSpectrum,
      adds || theta > 0,
    )
  }
}

/** What the second order says of the spectra Û1 of one scale. */
function fromPairs(
  plan: RotoTranslationPlan,
  memory: Memory,
  gradients: Memory,
  spectra: Stack,
  node: ScaleNode,
  g: PathView,
): Stack {
  const { backend, orientations: L, psi, factor, gridOf, pathsOf } = plan
  const gSpectra = spectrumOf(plan, gradients, 'Û1', node.level, L)
  let adds = false
  for (const pair of node.children) {
    for (let turn = 0; turn < L; turn++) {
      const Y = secondFields(plan, memory, spectra, node, pair, turn)
      const gModuli = gradients.real('U2', pathsOf(2), gridOf(pair.level))
      for (let i = 0; i < pathsOf(2); i++)
        fromAverage(plan, pair.level, g(pair.first + turn * pathsOf(2) + i), gModuli.at(i), false)
      const gY = gradients.complex('Y', L, gridOf(pair.level))
      operations.fibreModulusAdjoint(backend, Y, plan.fibre(2), gModuli.fibre, gY.fibre)
      for (let theta = 0; theta < L; theta++) {
        const filter = psi(pair.scale, theta + turn, node.level)
        const sampled = factor(node.level, pair.level)
        operations.waveletFieldAdjoint(backend, gY.at(theta), filter, sampled, gSpectra.at(theta), adds)
      }
      adds = true
    }
  }
  return gSpectra
}
