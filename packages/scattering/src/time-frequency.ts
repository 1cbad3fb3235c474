// Joint time–frequency scattering of signals: wavelets of two dimensions, time and log-frequency, on the scalogram.
import type { ShapedArray } from '@scatterlab/tensor'
import { signalAxis } from './axis-1d.ts'
import { jointAverages } from './joint-cascade.ts'
import { jointGradient } from './joint-gradient.ts'
import { type TimeFrequencyOptions, completeJoint } from './joint-options.ts'
import { type Block, type TimeFrequencyPath, blocksOf, jointPaths } from './joint-paths.ts'
import { frequencyFilters, jointPlan } from './joint-plan.ts'
import { NEGLIGIBLE } from './plan.ts'
import { inside } from './sampling.ts'
import { filtersOf } from './scattering-1d.ts'
import { type Scattering, scattering } from './transform.ts'

/** The coefficients of one path, for every signal: [samples], in format `joint` [log-frequencies, samples]. */
export interface TimeFrequencyCoefficients extends ShapedArray {
  /** Which path it is: its wavelets in time and along log-frequency. */
  readonly path: TimeFrequencyPath
  /** Distance of neighbouring coefficients, in samples; 0 of means over the signal. */
  readonly step: number
  /** Position of the first coefficient on the signal, in samples. */
  readonly origin: number
}

/** A joint time–frequency scattering of signals of one length. */
export interface TimeFrequencyScattering extends Omit<
  Scattering<TimeFrequencyPath, TimeFrequencyCoefficients>,
  'moduli' | 'moduliAsync'
> {
  /** What it was made with. */
  readonly options: TimeFrequencyOptions
  /** Shape of one signal's coefficients: [paths, samples], in format `joint` [paths, log-frequencies, samples]. */
  readonly outputShape: readonly number[]
}

/**
 * Joint time–frequency scattering (Andén, Lostanlen & Mallat 2019; kymatio 0.4's definition, paths and order): the scalogram |x ⋆ ψ_λ|(t) is
 * convolved with wavelets ψ_λ2(t)·ψ_fr(λ) of both spins, so that rising and falling chirps part, which `scattering1d` cannot tell from each
 * other. Averages in time and along log-frequency are windows, means over all, or none; a mean in time is one over the signal, where
 * kymatio takes its mirrored continuation into it, which would mix both directions of time. Throws `ValueError` naming the option, its value
 * and the fix.
 *
 * @example timeFrequencyScattering({ length: 8192, scales: 8, waveletsPerOctave: 8, frequencyScales: 3 }).transform({ data, shape: [4, 8192] })
 */
export function timeFrequencyScattering(given: TimeFrequencyOptions): TimeFrequencyScattering {
  const options = completeJoint(given)
  const { time, format } = options
  const { averaged, log2Stride, backend } = time
  const columns = signalAxis(time)
  const { banks } = filtersOf(time, columns, NEGLIGIBLE.float32)
  const [first, second] = [banks[0].psi, banks[1].psi]
  const along = frequencyFilters(options, NEGLIGIBLE.float32)
  const blocks = blocksOf(options, first, second, along)
  const paths = jointPaths(options, blocks, second, along)
  const isWindow = averaged === 'window'
  const levelOf = ({ wavelet }: Block): number => (wavelet === null ? 0 : second[wavelet].j)
  /** How many samples of a block are kept, where the first stands, and how far they are apart. */
  const inTime = (block: Block): { samples: number; origin: number; step: number } => {
    if (averaged === 'global') return { samples: 1, origin: 0, step: 0 }
    const step = isWindow || block.order === 1 ? 2 ** log2Stride : 2 ** levelOf(block)
    if (isWindow || block.order === 1)
      return { samples: columns.kept.length, origin: columns.kept[0] - columns.start, step }
    const { first: start, count } = inside(columns, levelOf(block))
    return { samples: count, origin: start * step - columns.start, step }
  }
  const places = blocks.map(inTime)
  const sizes = blocks.map(({ kept: rows }, i) => [rows, places[i].samples] as const)
  const kept = isWindow ? columns.kept.length : 1
  const outputShape = format === 'joint' ? [paths.length, sizes[0][0], kept] : [paths.length, kept]
  // in format `time` every row is a path, in the same order
  const ofPath = blocks.flatMap(({ kept: rows }, block) =>
    format === 'joint' ? [block] : new Array<number>(rows).fill(block),
  )
  const numbers = {
    sizes: ofPath.map((block) => (format === 'joint' ? sizes[block] : ([1, sizes[block][1]] as const))),
    entry: (index: number) => {
      const { origin, step } = places[ofPath[index]]
      return { path: paths[index], step, origin }
    },
  }
  const {
    moduli: _,
    moduliAsync: __,
    ...transform
  } = scattering<TimeFrequencyPath, TimeFrequencyCoefficients>({
    backend,
    inputs: { noun: 'signal', size: [time.length] },
    paths,
    outputShape: averaged === 'none' ? null : outputShape,
    averages: numbers,
    moduli: numbers,
    blocks: sizes,
    shapeOf: ([rows, samples]) => (format === 'joint' ? [rows, samples] : [samples]),
    prepare: (dtype) => {
      const plan = jointPlan(options, columns, blocks, dtype)
      const averages = jointAverages(plan)
      return { averages, moduli: averages, gradient: jointGradient(plan), dispose: plan.dispose }
    },
  })
  return { ...transform, options: given, outputShape }
}
