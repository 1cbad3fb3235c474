// Joint time–frequency scattering itself, over the operations of a back end; λ is log-frequency, the index n1 of the first order:
//   U1(t, λ) = |x ⋆ ψ_λ|(t),   S1 = U1 ⋆ φ_T,   order 1: |S1 ⋆_λ ψ_fr| ⋆_λ φ_F,
//   order 2: |U1 ⋆_t ψ_λ2 ⋆_λ ψ_fr| ⋆_t φ_T ⋆_λ φ_F.
import type { View } from '@scatterlab/tensor'
import * as operations from '@scatterlab/tensor/operations'
import type { SampledKernel } from '@scatterlab/tensor/operations'
import type { GroupTransform, PathView } from './groups.ts'
import {
  type JointMemory,
  type JointPlan,
  type Tiled,
  columnsFrom,
  fibreSpectrum,
  fibres,
  jointMemory,
  rowsOf,
} from './joint-plan.ts'

/** Blocks of a group of signals. */
export const jointAverages =
  (plan: JointPlan): GroupTransform =>
  (x, count, S) => {
    const memory = jointMemory(plan, count)
    const scalogram = firstOrder(plan, memory, x, S)
    const spectrum = firstSpectrum(plan, memory, scalogram)
    forEachBlock(plan, 1, (filter, block) => {
      const U = frequencyModulus(plan, memory, [spectrum], filter, block, scalogram.shape[2])
      operations.average(plan.backend, U, plan.frequencyAverage(block), plan.same, S(block))
    })
    for (const { wavelet, rows, blocks } of secondWavelets(plan)) {
      const spectra = secondSpectra(plan, memory, wavelet, rows).tiles.map(fibres)
      for (const block of blocks) {
        const U = frequencyModulus(plan, memory, spectra, plan.blocks[block].filter, block, columnsOf(plan, wavelet))
        operations.average(plan.backend, U, plan.frequencyAverage(block), averageOf(plan, wavelet), S(block))
      }
    }
    memory.release()
  }

/** Averages in time of the moduli of a wavelet. */
export const averageOf = (plan: JointPlan, wavelet: number): SampledKernel =>
  plan.timeAverage(plan.secondLevel(wavelet))

/** Samples of the fields of a wavelet in time. */
export const columnsOf = ({ time, secondLevel }: JointPlan, wavelet: number): number =>
  time.gridOf(secondLevel(wavelet))[1]

/** Calls `body` with filter and index of each block of an order. */
export function forEachBlock(
  { blocks }: JointPlan,
  order: number,
  body: (filter: number, block: number) => void,
): void {
  blocks.forEach((block, index) => {
    if (block.order === order) body(block.filter, index)
  })
}

/** The wavelets in time of order 2, each with the first-order wavelets that it follows and its blocks. */
export function secondWavelets({ blocks }: JointPlan): { wavelet: number; rows: number; blocks: number[] }[] {
  const list: { wavelet: number; rows: number; blocks: number[] }[] = []
  blocks.forEach(({ order, wavelet, rows }, block) => {
    if (order !== 2) return
    if (list.at(-1)?.wavelet !== wavelet) list.push({ wavelet: wavelet!, rows, blocks: [] })
    list.at(-1)!.blocks.push(block)
  })
  return list
}

/** Order 0 to S; the spectra Û1 in `memory`; gives S1, rows of averages with zeros above them: [signals, N_fr, kept samples]. */
export function firstOrder(plan: JointPlan, memory: JointMemory, x: View, S: PathView): View {
  const { backend, time } = plan
  const padded = paddedSignal(plan, memory, x)
  forEachBlock(plan, 0, (_, block) => operations.average(backend, padded, plan.one, plan.timeAverage(0), S(block)))
  const spectrum = memory.spectrum('x̂', time.columns.padded)
  operations.spectrum(backend, padded, spectrum)
  const S1 = memory.zeros('real', 'S1', plan.frequencies, plan.firstSamples)
  plan.firstLevels.forEach((level, n1) => {
    const U1 = firstModulus(plan, memory, spectrum, n1)
    operations.average(backend, U1, plan.one, plan.firstAverage(level), rowsOf(S1, n1, n1 + 1))
    operations.spectrum(backend, U1, spectrumOf(plan, memory, n1))
  })
  return S1
}

/** The signals on their grid. */
export function paddedSignal({ backend, time }: JointPlan, memory: JointMemory, x: View): View {
  const padded = memory.real('x', 1, time.columns.padded)
  operations.pad(backend, x, time.rows.source, time.columns.source, padded)
  return padded
}

/** U1 of one wavelet, from x̂. */
export function firstModulus(
  { backend, time, firstLevels }: JointPlan,
  memory: JointMemory,
  spectrum: View,
  n1: number,
): View {
  const level = firstLevels[n1]
  const U1 = memory.real('U1', 1, time.gridOf(level)[1])
  operations.waveletModulus(backend, spectrum, time.psi(n1, 0), time.factors(0, level), U1)
  return U1
}

/** Where Û1 of one wavelet is kept. */
export const spectrumOf = ({ time, firstLevels }: JointPlan, memory: JointMemory, n1: number): View =>
  memory.spectrum(`Û1 ${n1}`, time.gridOf(firstLevels[n1])[1])

/** The half spectrum of S1 along log-frequency. */
export function firstSpectrum({ backend, frequencies }: JointPlan, memory: JointMemory, S1: View): View {
  const spectrum = fibreSpectrum(memory, 'Ŝ1', frequencies, S1.shape[2])
  operations.spectrum(backend, fibres(S1), spectrum)
  return spectrum
}

/** The spectra along log-frequency of U1 ⋆ ψ_λ2, at the samples of its level, in pieces. */
export function secondSpectra(plan: JointPlan, memory: JointMemory, wavelet: number, rows: number): Tiled {
  const { backend, time, firstLevels } = plan
  const level = plan.secondLevel(wavelet)
  const columns = time.gridOf(level)[1]
  const Y = memory.tiled('Y', plan.frequencies, columns, 'zeros')
  const line = memory.complex('z', 1, columns)
  for (let n1 = 0; n1 < rows; n1++) {
    const from = firstLevels[n1]
    const psi = time.psi(plan.second + wavelet, from)
    operations.waveletField(backend, spectrumOf(plan, memory, n1), psi, time.factors(from, level), line)
    operations.copy(backend, Y.cut(line), Y.row(n1))
  }
  for (const tile of Y.tiles.map(fibres)) operations.fft(backend, tile, tile, 2, -1)
  return Y
}

/** |Y ⋆_λ ψ_fr| of a block, from the spectra along log-frequency of pieces that follow each other: [signals, rows, columns]. */
export function frequencyModulus(
  plan: JointPlan,
  memory: JointMemory,
  spectra: readonly View[],
  filter: number,
  block: number,
  columns: number,
): View {
  const { level } = plan.blocks[block]
  const U = memory.real('U2', plan.frequencies / 2 ** level, columns)
  const width = columns / spectra.length
  spectra.forEach((spectrum, i) => {
    const piece = fibres(columnsFrom(U, i * width, (i + 1) * width))
    operations.waveletModulus(plan.backend, spectrum, plan.frequencyPsi(filter), [1, 2 ** level], piece)
  })
  return U
}
