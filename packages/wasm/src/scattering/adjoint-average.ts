// The adjoint of S = U⋆φ at the kept samples: the same bands transposed, first along the rows, then along the columns.
import type { View } from '@scatterlab/tensor'
import type { SampledKernel } from '@scatterlab/tensor/operations'
import { Plans } from '../fourier/plans.ts'
import { isBand } from './average.ts'
import { type BandPlan, REAL, applyBand, planBand, transposedBand } from './band.ts'
import { fibreAverage, isOfFibres } from './fibre-average.ts'
import { fieldOf, pitch } from './field.ts'
import type { Steps } from '../replay/steps.ts'

const plans = new Plans<SampledKernel, BandPlan>()

/** Runs `averageAdjoint`, or gives false where it has no kernel. A kernel's taps must not change. */
export function averageAdjoint(
  steps: Steps,
  g: View,
  rows: SampledKernel,
  columns: SampledKernel,
  out: View,
  accumulate: boolean,
): boolean {
  const from = fieldOf(steps, g, 'float32')
  const to = fieldOf(steps, out, 'float32')
  if (from === null || to === null || !isBand(rows) || !isBand(columns)) return false
  const { kernels } = steps
  if (isOfFibres(from, to)) {
    const bandAlong = (of: SampledKernel, length: number) => ({ of, length, isTransposed: true })
    fibreAverage(steps, from, to, bandAlong(rows, to.height), bandAlong(columns, to.width), accumulate)
    return true
  }
  const row = pitch(to.width, REAL)
  const between = steps.workspace(from.height * row)
  const planFor = (
    of: SampledKernel,
    length: number,
    spacing: readonly [number, number, number, number],
    adds: boolean,
  ) =>
    plans.get(kernels, of, [length, ...spacing, Number(adds)], () => {
      const [sample, line, outSample, outLine] = spacing
      return planBand(kernels, of.taps.buffer, transposedBand(of, length), { sample, line, outSample, outLine, adds })
    })
  const across = planFor(columns, to.width, [from.element, from.row, REAL, row], false)
  const down = planFor(rows, to.height, [row, REAL, to.row, to.element], accumulate)
  for (let q = 0; q < from.quads; q++) {
    applyBand(steps, across, from.address + 16 * q, from.row, between, row, from.height)
    applyBand(steps, down, between, REAL, to.address + 16 * q, to.element, to.width)
  }
  return true
}
