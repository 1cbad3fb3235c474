// The same backwards: from a gradient on the coefficients to one on the images. Fields of the second order are computed again on the way;
// spectra Û1 of all first scales are held, and the gradients on them, since every j2 adds to them.
import * as operations from '@scatterlab/tensor/operations'
import type { View } from '@scatterlab/tensor'
import type { GroupGradient, PathView } from './groups.ts'
import { extended, spectrumOf } from './roto-translation-cascade.ts'
import { fromAverage } from './roto-translation-gradient.ts'
import { type Memory, inParts, memoryOf } from './roto-translation-plan.ts'
import {
  type Fibre,
  firstFibre,
  firstOrder,
  forEachBand,
  forEachPath,
  secondFibre,
  secondFields,
  secondScales,
} from './scale-wavelet-cascade.ts'
import { type Fibres, type ScaleWaveletPlan, fibresOf, rowsOf } from './scale-wavelet-plan.ts'

/** out ← J(x)ᵀ g of a group. At a modulus of 0 the derivative is taken as 0. */
export const scaleWaveletGradient =
  (plan: ScaleWaveletPlan): GroupGradient =>
  (x, count, g, out) =>
    inParts(plan.backend, x.shape[0], count, (few, part) =>
      gradientOf(plan, part(x), few, (path) => part(g(path)), part(out)),
    )

function gradientOf(plan: ScaleWaveletPlan, x: View, count: number, g: PathView, out: View): void {
  const { backend, tree, pixels, extension, rows, columns } = plan
  const memory = memoryOf(backend, plan.dtype, count)
  const gradients = memoryOf(backend, plan.dtype, count)
  const gRoot = gradients.real('U0', 1, plan.gridOf(0)).at(0)
  fromAverage(plan, 0, g(0), gRoot, false)
  if (tree.scales.length > 0) {
    const spectrum = spectrumOf(plan, memory, 'x̂', 0, 1).at(0)
    operations.spectrum(backend, extended(plan, memory, x), spectrum)
    operations.spectrumAdjoint(backend, fromFirstModuli(plan, memory, gradients, spectrum, g), gRoot, true)
  }
  const gPixels = gradients.real('x', 1, [rows.length, columns.length]).at(0)
  operations.averageAdjoint(backend, gRoot, extension.rows, extension.columns, gPixels)
  operations.padAdjoint(backend, gPixels, pixels.rows, pixels.columns, out)
  memory.release()
  gradients.release()
}

/** The gradient on x̂. */
function fromFirstModuli(plan: ScaleWaveletPlan, memory: Memory, gradients: Memory, spectrum: View, g: PathView): View {
  const { backend, tree, orientations: L, psi, factor, gridOf } = plan
  const { V, spectra } = firstOrder(plan, memory, spectrum)
  const gV = fromBands(plan, memory, gradients, V, 'V', firstFibre(plan), (path, field) =>
    operations.copy(backend, g(path), field),
  )
  const gSpectra = tree.scales.map(({ level }, j) => spectrumOf(plan, gradients, `Û1 ${j}`, level, L))
  for (const second of secondScales(plan)) {
    const { nodes, pairs, level } = second
    for (let turn = 0; turn < L; turn++) {
      const Y = secondFields(plan, memory, spectra, second, turn)
      const gY = fromBands(plan, memory, gradients, Y, 'Y', secondFibre(plan, second, turn), (path, field) =>
        fromAverage(plan, level, g(path), field, false),
      )
      nodes.forEach((node, j) => {
        for (let theta = 0; theta < 2 * L; theta++) {
          const filter = psi(pairs[j].scale, (theta + turn) % (2 * L), node.level)
          const adds = pairs[j] !== node.children[0] || turn > 0 || theta >= L
          const target = gSpectra[node.scale].at(theta % L)
          operations.waveletFieldAdjoint(backend, gY.at(theta, j), filter, factor(node.level, level), target, adds)
        }
      })
    }
  }
  const gSpectrum = spectrumOf(plan, gradients, 'x̂', 0, 1).at(0)
  tree.scales.forEach(({ scale, level, children }, j) => {
    const gModuli = gradients.real('U1', L, gridOf(level))
    for (let theta = 0; theta < L; theta++) {
      fromAverage(plan, level, gV.realAt(theta, j), gModuli.at(theta), false)
      fromAverage(plan, level, gV.realAt(theta + L, j), gModuli.at(theta), true)
      if (children.length > 0) operations.spectrumAdjoint(backend, gSpectra[j].at(theta), gModuli.at(theta), true)
      const [filter, adds] = [psi(scale, theta, 0), j > 0 || theta > 0]
      operations.waveletModulusAdjoint(backend, spectrum, filter, factor(0, level), gModuli.at(theta), gSpectrum, adds)
    }
  })
  return gSpectrum
}

/** The gradient on fibres, from their spectra along angles; `onMeans` gives that on the means of a path. */
function fromBands(
  plan: ScaleWaveletPlan,
  memory: Memory,
  gradients: Memory,
  spectra: Fibres,
  name: string,
  fibre: Fibre,
  onMeans: (path: number, field: View) => void,
): Fibres {
  const { backend, bands } = plan
  const { order, firsts, grid } = fibre
  const scales = firsts.length
  const out = fibresOf(plan, gradients, name, scales, grid)
  const gZ = fibresOf(plan, gradients, 'Z', scales, grid)
  const gMeans = rowsOf(plan, gradients, '⟨U⟩', plan.windowsOf(order), scales, grid)
  const gModuli = rowsOf(plan, gradients, 'U', 2 * plan.orientations, scales, grid)
  forEachBand(plan, memory, spectra, fibre, (band, Z) => {
    const { angular, scale } = bands[band]
    const isFirst = scale !== bands[band - 1]?.scale
    forEachPath(plan, band, fibre, (path, q, j) => onMeans(path, gMeans.at(q, j)))
    operations.averageAdjoint(backend, gMeans.all, plan.one, plan.overAngles(order), gModuli.all)
    const filter = plan.alongAngles(angular)
    operations.waveletModulusAdjoint(backend, Z.alongAngles, filter, 1, gModuli.all, gZ.alongAngles, !isFirst)
    if (scale === bands[band + 1]?.scale) return
    const kernel = plan.alongScales(scale, scales)
    operations.averageAdjoint(backend, gZ.alongScales, kernel, plan.angles, out.alongScales, scale !== null)
  })
  operations.fft(backend, out.alongAngles, out.alongAngles, 2, 1)
  return out
}
