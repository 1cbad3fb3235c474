// Joint scattering backwards: from a gradient on the blocks to one on the signals. Moduli are computed again on the way; the gradients
// on the spectra Û1 of all first-order wavelets are held, since every wavelet of order 2 adds to them.
import type { View } from '@scatterlab/tensor'
import * as operations from '@scatterlab/tensor/operations'
import type { GroupGradient, PathView } from './groups.ts'
import {
  averageOf,
  columnsOf,
  firstModulus,
  firstOrder,
  firstSpectrum,
  forEachBlock,
  paddedSignal,
  secondSpectra,
  secondWavelets,
  spectrumOf,
} from './joint-cascade.ts'
import {
  type JointMemory,
  type JointPlan,
  columnsFrom,
  fibreSpectrum,
  fibres,
  jointMemory,
  rowsOf,
} from './joint-plan.ts'

/** out ← J(x)ᵀ g of a group of signals; at a modulus of 0 the derivative is taken as 0. */
export const jointGradient =
  (plan: JointPlan): GroupGradient =>
  (x, count, g, out) => {
    const { backend, time } = plan
    const [memory, gradients] = [jointMemory(plan, count), jointMemory(plan, count)]
    const S1 = firstOrder(plan, memory, x, (block) => memory.real(`order 0 ${block}`, ...sizeOf(g(block))))
    const gS1 = fromFirstBlocks(plan, memory, gradients, S1, g)
    plan.firstLevels.forEach((level, n1) => {
      gradients.zeros('complex', `Û1 ${n1}`, 1, Math.floor(time.gridOf(level)[1] / 2) + 1)
    })
    for (const second of secondWavelets(plan)) fromSecondBlocks(plan, memory, gradients, second, g)
    const padded = paddedSignal(plan, memory, x)
    const spectrum = memory.spectrum('x̂', time.columns.padded)
    operations.spectrum(backend, padded, spectrum)
    const gSpectrum = gradients.spectrum('x̂', time.columns.padded)
    plan.firstLevels.forEach((level, n1) => {
      const U1 = firstModulus(plan, memory, spectrum, n1)
      const gU1 = gradients.real('U1', 1, U1.shape[2])
      operations.averageAdjoint(backend, rowsOf(gS1, n1, n1 + 1), plan.one, plan.firstAverage(level), gU1)
      operations.spectrumAdjoint(backend, spectrumOf(plan, gradients, n1), gU1, true)
      const psi = time.psi(n1, 0)
      operations.waveletModulusAdjoint(backend, spectrum, psi, time.factors(0, level), gU1, gSpectrum, n1 > 0)
    })
    const gPadded = gradients.real('x', 1, time.columns.padded)
    operations.spectrumAdjoint(backend, gSpectrum, gPadded)
    forEachBlock(plan, 0, (_, block) =>
      operations.averageAdjoint(backend, g(block), plan.one, plan.timeAverage(0), gPadded, true),
    )
    operations.padAdjoint(backend, gPadded, time.rows.source, time.columns.source, out)
    memory.release()
    gradients.release()
  }

const sizeOf = ({ shape }: View): [number, number] => [shape[1], shape[2]]

/** The gradient on S1 from the blocks of order 1. */
function fromFirstBlocks(plan: JointPlan, memory: JointMemory, gradients: JointMemory, S1: View, g: PathView): View {
  const { backend, frequencies } = plan
  const columns = S1.shape[2]
  const spectrum = firstSpectrum(plan, memory, S1)
  const gSpectrum = fibreSpectrum(gradients, 'Ŝ1', frequencies, columns)
  let adds = false
  forEachBlock(plan, 1, (filter, block) => {
    const { level } = plan.blocks[block]
    const gU = gradients.real('U2', frequencies / 2 ** level, columns)
    operations.averageAdjoint(backend, g(block), plan.frequencyAverage(block), plan.same, gU)
    const psi = plan.frequencyPsi(filter)
    operations.waveletModulusAdjoint(backend, spectrum, psi, [1, 2 ** level], fibres(gU), gSpectrum, adds)
    adds = true
  })
  const gS1 = gradients.real('S1', frequencies, columns)
  operations.spectrumAdjoint(backend, gSpectrum, fibres(gS1))
  return gS1
}

/** Adds to the gradients on Û1 what the blocks of one wavelet in time say of them. */
function fromSecondBlocks(
  plan: JointPlan,
  memory: JointMemory,
  gradients: JointMemory,
  { wavelet, rows, blocks }: ReturnType<typeof secondWavelets>[0],
  g: PathView,
): void {
  const { backend, time, frequencies, firstLevels } = plan
  const [level, columns] = [plan.secondLevel(wavelet), columnsOf(plan, wavelet)]
  const spectra = secondSpectra(plan, memory, wavelet, rows).tiles.map(fibres)
  const gY = gradients.tiled('Y', frequencies, columns, 'any')
  const gSpectra = gY.tiles.map(fibres)
  const width = columns / spectra.length
  blocks.forEach((block, i) => {
    const { filter, level: rowsLevel } = plan.blocks[block]
    const gU = gradients.real('U2', frequencies / 2 ** rowsLevel, columns)
    operations.averageAdjoint(backend, g(block), plan.frequencyAverage(block), averageOf(plan, wavelet), gU)
    const psi = plan.frequencyPsi(filter)
    spectra.forEach((spectrum, k) => {
      const piece = fibres(columnsFrom(gU, k * width, (k + 1) * width))
      operations.waveletModulusAdjoint(backend, spectrum, psi, [1, 2 ** rowsLevel], piece, gSpectra[k], i > 0)
    })
  })
  for (const tile of gSpectra) operations.fft(backend, tile, tile, 2, 1)
  const line = gradients.complex('z', 1, columns)
  for (let n1 = 0; n1 < rows; n1++) {
    const from = firstLevels[n1]
    const psi = time.psi(plan.second + wavelet, from)
    const target = spectrumOf(plan, gradients, n1)
    operations.copy(backend, gY.row(n1), gY.cut(line))
    operations.waveletFieldAdjoint(backend, line, psi, time.factors(from, level), target, true)
  }
}
