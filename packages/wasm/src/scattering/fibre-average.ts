// Bands of fields of fibres, which have few numbers for very many images: the lines that are done side by side are those of all images,
// where average.ts has those of one image. Rows first, then columns; a band that leaves an axis as it is takes no pass.
import type { SampledKernel } from '@scatterlab/tensor/operations'
import type { Kernels } from '../fourier/kernels.ts'
import { Plans } from '../fourier/plans.ts'
import type { Address } from '../memory/heap.ts'
import type { Steps } from '../replay/steps.ts'
import { type BandPlan, type BandSpacing, REAL, applyBand, bandOf, planBand, transposedBand } from './band.ts'
import type { Field } from './field.ts'

/** A band along one axis of so many samples, the way it is or transposed. */
interface FibreBand {
  readonly of: SampledKernel
  readonly length: number
  readonly isTransposed: boolean
}

/** Whether fields have so many more vectors of images than numbers that lines run across the images. */
export const isOfFibres = (from: Field, to: Field): boolean =>
  from.quads > 2 * Math.max(from.height * to.width, to.height * from.width)

/** to ← or += rows · from · columnsᵀ. */
export function fibreAverage(
  steps: Steps,
  from: Field,
  to: Field,
  rows: FibreBand,
  columns: FibreBand,
  adds: boolean,
): void {
  const { kernels } = steps
  const down = (target: Address, row: number, element: number, isLast: boolean): void => {
    const plan = planFor(kernels, rows, [from.row, row], adds && isLast)
    for (let x = 0; x < from.width; x++)
      applyBand(steps, plan, from.address + x * from.element, REAL, target + x * element, REAL, from.quads)
  }
  const across = (source: Address, row: number, element: number): void => {
    const plan = planFor(kernels, columns, [element, to.element], adds)
    for (let y = 0; y < to.height; y++)
      applyBand(steps, plan, source + y * row, REAL, to.address + y * to.row, REAL, from.quads)
  }
  if (isSame(kernels, columns)) return down(to.address, to.row, to.element, true)
  if (isSame(kernels, rows)) return across(from.address, from.row, from.element)
  // a vector more than the images have: numbers of one would else lie in few sets of the cache
  const element = REAL * (from.quads + 1)
  const row = from.width * element
  const between = steps.workspace(to.height * row)
  down(between, row, element, false)
  across(between, row, element)
}

const plans = new Plans<SampledKernel, BandPlan>()
const sames = new Plans<SampledKernel, boolean>()

function planFor(
  kernels: Kernels,
  band: FibreBand,
  [sample, outSample]: readonly [number, number],
  adds: boolean,
): BandPlan {
  const { of, length, isTransposed } = band
  const spacing: BandSpacing = { sample, line: REAL, outSample, outLine: REAL, adds }
  return plans.get(kernels, of, [length, sample, outSample, Number(adds), Number(isTransposed)], () =>
    planBand(kernels, of.taps.buffer, termsOf(band), spacing),
  )
}

const termsOf = ({ of, length, isTransposed }: FibreBand) =>
  isTransposed ? transposedBand(of, length) : bandOf(of, length)

/** Whether a band leaves the samples as they are. */
const isSame = (kernels: Kernels, band: FibreBand): boolean =>
  sames.get(kernels, band.of, [band.length, Number(band.isTransposed)], () => {
    const terms = termsOf(band)
    return (
      terms.length === band.length &&
      terms.every((own, o) => own.length === 1 && own[0]!.first === o && own[0]!.second === null && own[0]!.tap === 1)
    )
  })
