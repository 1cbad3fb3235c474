// The options of `fit`, checked and completed. What they mean is in fit-options.ts.
import {
  type Rule,
  type Rules,
  ValueError,
  aBackend,
  aFunction,
  aText,
  checkOptions,
  having,
  oneOf,
  trueOrFalse,
  wholeNumber,
  aSignal,
  checkArgument,
} from '@scatterlab/tensor'
import type { Averaging, Schedule } from '@scatterlab/optim'
import type { Score } from './evaluate.ts'
import type { CheckpointFile } from '../checkpoints/training-checkpoint.ts'
import type { CheckpointOptions, FitOptions } from './fit-options.ts'
import { aNetwork, isRecord, someWeights } from '../arguments.ts'
import { type Network, checkWeights } from '../network.ts'
import { type Objective, objectiveOf, objectiveRules } from './objective.ts'
import { stepOptionRules } from './training-step.ts'

/** What `fit` was asked for, with a value where an option has a default. */
export type Settings<T> = FitOptions<T> & Objective<T> & Required<Pick<FitOptions<T>, Defaulted>>

type Defaulted = 'seed' | 'epochs' | 'steps' | 'patience' | 'schedule' | 'metric' | 'onProgress'

/** The options with their defaults. Throws `ValueError` for options that cannot be. */
export function settingsOf<T>(network: Network, options: FitOptions<T>): Settings<T> {
  checkArgument('fit: network', network, aNetwork)
  const given = checkOptions<FitOptions<T>>('fit', options, rules, ['batches', 'optimizer'])
  const { epochs, steps, weights, resume, backend, checkpoint } = given
  if (epochs === undefined && steps === undefined) throw new ValueError('fit needs an end: give epochs or steps')
  if (weights) checkWeights(network, weights)
  if (weights && resume) throw new ValueError('weights and resume: give one, a checkpoint has weights of its own')
  if (weights && backend && Object.values(weights.parameters).some((x) => x.backend !== backend))
    throw new ValueError('weights of another back end: make them with initialise(random, { backend })')
  if (checkpoint && Object.getPrototypeOf(checkpoint) === Object.prototype)
    checkOptions<CheckpointOptions>('fit: checkpoint', checkpoint, checkpointRules, ['save'])
  if (resume && !(resume instanceof Uint8Array))
    checkOptions<CheckpointFile>('fit: resume', resume, fileRules, ['bytes', 'file'])
  const objective = objectiveOf(network, given)
  if (given.smoothing !== undefined && !objective.classifies)
    throw new ValueError(
      'smoothing is for crossEntropy: leave out loss, or smooth the labels of your own loss yourself',
    )
  const ends = { epochs: Infinity, steps: Infinity, patience: Infinity }
  const defaults = { seed: 0, schedule: constantRate, metric: errorRateOrLoss, onProgress: () => {} }
  return { ...ends, ...defaults, ...given, ...objective }
}

const onePass =
  (example: string): Rule =>
  (value) =>
    aFunction(value) && `a function that gives one pass: ${example}`

const rules: Rules<FitOptions> = {
  batches: onePass('({ random }) => batches(set, { size: 128, shuffle: random })'),
  optimizer: having('an optimizer, for example sgd({ rate: 0.01 }) of @scatterlab/optim', 'init', 'update'),
  schedule: having('a schedule, for example cosine({ steps: 1000 }) of @scatterlab/optim', 'rate'),
  epochs: wholeNumber(1),
  steps: wholeNumber(1),
  ...objectiveRules,
  validation: onePass('() => batches(set, { size: 500 })'),
  ...stepOptionRules,
  metric: aFunction,
  patience: wholeNumber(1),
  averaging: (value) => {
    const { every, decay } = Object(value) as Partial<Averaging>
    return wholeNumber(1)(every) === undefined && typeof decay === 'function'
      ? undefined
      : 'an average of weights, ema() or lookahead() of @scatterlab/optim'
  },
  clip: aFunction,
  seed: (value) => (typeof value === 'string' || Number.isFinite(value) ? undefined : 'a finite number or a text'),
  weights: someWeights,
  backend: aBackend,
  dtype: oneOf('float32', 'float64'),
  signal: aSignal,
  onProgress: aFunction,
  checkpoint: having('an object { every, save }', 'save'),
  resume: (value) =>
    value instanceof Uint8Array || isRecord(value)
      ? undefined
      : 'a Uint8Array, the bytes of a checkpoint, or { bytes, file }',
  acceptChanges: trueOrFalse,
}

const checkpointRules: Rules<CheckpointOptions> = {
  every: (value) => (value === 'epoch' ? undefined : wholeNumber(1)(value) && "'epoch' or a whole number, 1 or more"),
  save: aFunction,
}

const fileRules: Rules<CheckpointFile> = {
  bytes: (value) => (value instanceof Uint8Array ? undefined : 'a Uint8Array'),
  file: aText,
}

const constantRate: Schedule = { initial: null, rate: (base) => base }

/** The validation's error rate, or its loss where errors are not counted; the training loss without a validation. */
function errorRateOrLoss({ loss, validation }: { loss: number; validation: Score | null }): number {
  if (validation === null) return loss
  return Number.isNaN(validation.errorRate) ? validation.loss : validation.errorRate
}
