// S = U⋆φ at the kept samples: a band along the columns, then one along the rows of what is left.
import type { View } from '@scatterlab/tensor'
import type { SampledKernel } from '@scatterlab/tensor/operations'
import type { Kernels } from '../fourier/kernels.ts'
import { Plans } from '../fourier/plans.ts'
import { type BandPlan, REAL, applyBand, bandOf, planBand } from './band.ts'
import { fibreAverage, isOfFibres } from './fibre-average.ts'
import { type Field, fieldOf, pitch } from './field.ts'
import type { Steps } from '../replay/steps.ts'

const plans = new Plans<SampledKernel, BandPlan>()

/** Runs `average`, or gives false where it has no kernel. A kernel's taps must not change. */
export function average(steps: Steps, U: View, rows: SampledKernel, columns: SampledKernel, out: View): boolean {
  const from = fieldOf(steps, U, 'float32')
  const to = fieldOf(steps, out, 'float32')
  if (from === null || to === null || !isBand(rows) || !isBand(columns)) return false
  const { kernels } = steps
  if (isOfFibres(from, to)) {
    const bandAlong = (of: SampledKernel, length: number) => ({ of, length, isTransposed: false })
    fibreAverage(steps, from, to, bandAlong(rows, from.height), bandAlong(columns, from.width), false)
    return true
  }
  if (isCheaperAcross(from, to, rows, columns)) {
    const row = pitch(to.width, REAL)
    const between = steps.workspace(from.height * row)
    const across = planFor(kernels, columns, from.width, from.element, from.row, REAL, row)
    const down = planFor(kernels, rows, from.height, row, REAL, to.row, to.element)
    for (let q = 0; q < from.quads; q++) {
      applyBand(steps, across, from.address + 16 * q, from.row, between, row, from.height)
      applyBand(steps, down, between, REAL, to.address + 16 * q, to.element, to.width)
    }
    return true
  }
  const row = pitch(from.width, REAL)
  const between = steps.workspace(to.height * row)
  const down = planFor(kernels, rows, from.height, from.row, from.element, row, REAL)
  const across = planFor(kernels, columns, from.width, REAL, row, to.element, to.row)
  for (let q = 0; q < from.quads; q++) {
    applyBand(steps, down, from.address + 16 * q, from.element, between, REAL, from.width)
    applyBand(steps, across, between, row, to.address + 16 * q, to.row, to.height)
  }
  return true
}

/** Whether the band along rows takes so much less of what the other one then goes over that it comes first. */
function isCheaperAcross(from: Field, to: Field, rows: SampledKernel, columns: SampledKernel): boolean {
  const [down, across] = [rows, columns].map(({ taps: { shape } }) => shape[0]! * shape[1]!) as [number, number]
  return 1.5 * (from.height * across + to.width * down) < from.width * down + to.height * across
}

/** Whether there are kernels for a band. */
export const isBand = ({ taps }: SampledKernel): boolean =>
  taps.dtype === 'float32' && taps.buffer.data !== null && !taps.shape.includes(0)

function planFor(
  kernels: Kernels,
  of: SampledKernel,
  length: number,
  sample: number,
  line: number,
  outSample: number,
  outLine: number,
): BandPlan {
  return plans.get(kernels, of, [length, sample, line, outSample, outLine], () =>
    planBand(kernels, of.taps.buffer, bandOf(of, length), { sample, line, outSample, outLine, adds: false }),
  )
}
