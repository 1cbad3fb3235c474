// Where a training run stands, as one safetensors file and back: weights under their own names, so that the file serves inference as
// well, what the optimizer remembers, the best weights, and the rest as JSON. Random numbers need no place in it: all are drawn from the
// seed with the number of the epoch or the step.
import type { Optimizer, OptimizerState, Schedule } from '@scatterlab/optim'
import { type Named, type Backend, type RealDType, ValueError, checkArgument, random, scope } from '@scatterlab/tensor'
import { copy } from '@scatterlab/tensor/operations'
import { isRecord } from '../arguments.ts'
import { CheckpointError, inFile } from './checkpoint-error.ts'
import { TRAINING, realTensor, weightsFrom } from './checkpoint.ts'
import { CHECKSUM } from './checksum.ts'
import { allOf, copyOfWeights } from './named-arrays.ts'
import { placeOf } from '../training/batch.ts'
import type { FitOptions } from '../training/fit-options.ts'
import type { Score } from '../training/evaluate.ts'
import type { Network, Weights } from '../network.ts'
import { type DecodedFile, decode, encodeSafetensors } from './safetensors.ts'

/** What an epoch came to. */
export interface EpochRecord {
  /** From 0. */
  readonly epoch: number
  /** Steps taken by its end. */
  readonly step: number
  /** Mean training loss over the epoch's items. */
  readonly loss: number
  /** Learning rate of its last step. */
  readonly rate: number
  /** Null without a validation set. */
  readonly validation: Score | null
  /** What is to get smaller: see `FitOptions.metric`. */
  readonly metric: number
  /** Whether the whole pass was taken, not cut by the number of steps. */
  readonly complete: boolean
  /** Wall-clock time, validation included. */
  readonly seconds: number
}

/** The numbers of a run beside its arrays. */
export interface RunPosition {
  /** Steps taken. */
  step: number
  /** Learning rate of the last one. */
  rate: number
  /** Epochs completed. */
  epoch: number
  /** Batches of the epoch under way that were taken. */
  batch: number
  /** Items of those. */
  items: number
  /** Sum of the loss over those. */
  lossSum: number
  /** Items of the first batch of the last pass, once there was one. */
  firstBatch: number | null
  /** Batches in a pass, once one was completed. */
  batchesPerEpoch: number | null
  /** What the schedule remembers. */
  schedule: unknown
  /** The best epoch so far. */
  best: { readonly epoch: number; readonly metric: number } | null
  history: EpochRecord[]
}

/** A run: its numbers and its arrays. */
export interface TrainingRun {
  readonly position: RunPosition
  readonly weights: Weights
  optimizer: OptimizerState
  /** Weights of the best epoch, where they are kept. */
  bestWeights: Weights | null
  /** The average that follows the weights, if one does. */
  readonly average: Weights | null
  /** Items that the first batch should have, by the checkpoint; null if there was none, or once it was seen. */
  expectedBatch: number | null
}

/** Which run it is: what must be the same for it to go on as if it had never ended. */
export interface RunIdentity extends Pick<
  FitOptions<never>,
  'optimizer' | 'clip' | 'acceptChanges' | 'smoothing' | 'atOnce' | 'averaging'
> {
  readonly network: Network
  readonly seed: number | string
  readonly schedule: Schedule
}

/** A file that `checkpoint.save` was given, and what errors call it. */
export interface CheckpointFile {
  /** The whole file. */
  readonly bytes: Uint8Array
  /** Its path, or any other name for messages. */
  readonly file: string
}

/** What an optimizer gives as its state. Throws `ValueError` for what is none. */
export function optimizerState(state: OptimizerState): OptimizerState {
  const isState = isRecord(state) && typeof state.step === 'number' && isRecord(state.tensors)
  checkArgument('what the optimizer gives', state, () => (isState ? undefined : 'its state { step, tensors }'))
  return state
}

const [OPTIMIZER, BEST, AVERAGE] = [`${TRAINING}optimizer/`, `${TRAINING}best/`, `${TRAINING}average/`]
const FORMAT = 'scatterlab-training-2'

/** The file of a run. Throws `ValueError` for a schedule whose memory is not plain JSON. */
export function encodeRun(run: TrainingRun, identity: RunIdentity): Promise<Uint8Array<ArrayBuffer>> {
  const { network, seed } = identity
  const { weights, optimizer, bestWeights, average, position } = run
  return encodeSafetensors(
    {
      ...weights.parameters,
      ...weights.state,
      ...prefixed(OPTIMIZER, optimizer.tensors),
      ...(bestWeights && prefixed(BEST, allOf(bestWeights))),
      ...(average && prefixed(AVERAGE, allOf(average))),
    },
    {
      format: 'pt',
      training: FORMAT,
      architecture: fingerprint(network),
      seed: String(seed),
      optimizerStep: String(optimizer.step),
      schedule: exactJson(position.schedule),
      position: JSON.stringify({ ...position, schedule: null }),
      settings: JSON.stringify(settingsOf(identity, run)),
    },
    { checksum: true },
  )
}

/** What else decides how a run goes on, by the words that people use for it. */
function settingsOf(
  { optimizer, schedule, clip, smoothing, atOnce, averaging }: RunIdentity,
  { position, weights }: TrainingRun,
): Record<string, unknown> {
  const rate = schedule.rate(optimizer.rate, position.step, position.schedule)
  const average = averaging && {
    every: averaging.every,
    decay: averaging.decay(position.step),
    returns: averaging.returns,
  }
  const own = { rate, ...optimizer.settings, clip: clip !== undefined, dtype: placeOf(weights).dtype }
  return { ...own, ...(smoothing && { smoothing }), ...(atOnce && { atOnce }), ...(average && { averaging: average }) }
}

/**
 * The run of a file. Throws `CheckpointError`: what `decodeSafetensors` throws, FORMAT for a file of weights only, ARCHITECTURE, SEED
 * and OPTIMIZER for that of another run, SETTINGS for a run with another rate, momentum and so on unless changes are accepted.
 */
export function decodeRun(
  resume: Uint8Array | CheckpointFile,
  identity: RunIdentity,
  options: { readonly backend?: Backend; readonly dtype?: RealDType },
): TrainingRun {
  const fix = 'leave out `resume` to start anew, or give an older checkpoint'
  if (resume instanceof Uint8Array) return inFile(undefined, fix, () => runOf(decode(resume), identity, options))
  return inFile(resume.file, fix, () => runOf(decode(resume.bytes), identity, options))
}

function runOf(file: DecodedFile, identity: RunIdentity, options: Parameters<typeof decodeRun>[2]): TrainingRun {
  const { network, optimizer, seed, acceptChanges = false } = identity
  const { metadata, tensors } = file
  if (metadata.training !== FORMAT)
    throw new CheckpointError('FORMAT', 'the file holds no training run: give its weights by loadWeights instead')
  if (!Object.hasOwn(metadata, CHECKSUM)) throw new CheckpointError('CORRUPT', 'damaged: it has lost its checksum')
  const weights = weightsFrom(network, file, options)
  if (metadata.architecture !== fingerprint(network)) {
    const what = 'the checkpoint is of another network with the same arrays: its layers or their shapes differ'
    throw new CheckpointError('ARCHITECTURE', what)
  }
  if (metadata.seed !== String(seed)) {
    const what = `the checkpoint is of a run with seed ${metadata.seed}, this one has ${seed}: give that seed`
    throw new CheckpointError('SEED', what)
  }
  const best = withoutPrefix(BEST, tensors)
  const average = withoutPrefix(AVERAGE, tensors)
  const stored = (arrays: DecodedFile['tensors']): Weights | null =>
    Object.keys(arrays).length > 0 ? weightsFrom(network, { tensors: arrays, metadata }, options) : null
  const position = positionOf(metadata)
  const run: TrainingRun = {
    position,
    weights,
    optimizer: storedState(optimizer, weights.parameters, withoutPrefix(OPTIMIZER, tensors), metadata),
    bestWeights: stored(best),
    average: identity.averaging ? (stored(average) ?? copyOfWeights(weights)) : null,
    expectedBatch: acceptChanges ? null : position.firstBatch,
  }
  if (!acceptChanges) checkSettings(JSON.parse(metadata.settings) as Record<string, unknown>, settingsOf(identity, run))
  return run
}

function checkSettings(then: Record<string, unknown>, now: Record<string, unknown>): void {
  const changed = Object.keys({ ...then, ...now }).filter(
    (key) => JSON.stringify(then[key]) !== JSON.stringify(now[key]),
  )
  if (changed.length > 0) throw changedSettings(changed.map((key) => [key, then[key], now[key]]))
}

/** The error of a run that goes on otherwise than it began. */
export function changedSettings(
  changed: readonly (readonly [what: string, then: unknown, now: unknown])[],
): CheckpointError {
  const list = changed.map(([what, then, now]) => `${what} was ${JSON.stringify(then)} and is ${JSON.stringify(now)}`)
  const fix = 'give what it was, or acceptChanges: true to go on with what it is'
  return new CheckpointError('SETTINGS', `the checkpoint is of a run with other settings: ${list.join(', ')}: ${fix}`)
}

/** A text that differs between networks whose layers, shapes or names differ. */
export function fingerprint({ input, layers, parameters, state }: Network): string {
  const shapes = [parameters, state].map((specs) => Object.entries(specs).map(([name, { shape }]) => [name, shape]))
  const text = JSON.stringify([input, layers.map(({ name, kind, output }) => [name, kind, output]), shapes])
  return random(text)
    .state.map((word) => (word >>> 0).toString(16).padStart(8, '0'))
    .join('')
}

function positionOf({ position, schedule }: Readonly<Record<string, string>>): RunPosition {
  try {
    const parsed = JSON.parse(position) as RunPosition
    return { ...parsed, schedule: JSON.parse(schedule), history: parsed.history.map(withCounts) }
  } catch (cause) {
    throw new CheckpointError('HEADER', 'the metadata of the training run is damaged', { cause })
  }
}

/** JSON has no NaN: what was not counted comes back as null. */
function withCounts(record: EpochRecord): EpochRecord {
  const { validation } = record
  if (validation === null || validation.errors !== null) return record
  return { ...record, validation: { ...validation, errors: NaN, errorRate: NaN } }
}

function storedState(
  optimizer: Optimizer,
  parameters: Named,
  stored: DecodedFile['tensors'],
  { optimizerStep }: Readonly<Record<string, string>>,
): OptimizerState {
  const state = optimizerState(optimizer.init(parameters))
  const shapes = (arrays: Readonly<Record<string, { readonly shape: readonly number[] }>>): string[] =>
    Object.entries(arrays)
      .map(([name, { shape }]) => `${name} [${shape.join(', ')}]`)
      .sort()
  const [own, found] = [shapes(state.tensors), shapes(stored)]
  if (own.join() !== found.join()) {
    const lacks = own.find((name) => !found.includes(name))
    const difference = lacks ? `lacks ${lacks}` : `has ${found.find((name) => !own.includes(name))} besides`
    throw new CheckpointError('OPTIMIZER', `the checkpoint is of a run with another optimizer: it ${difference}`)
  }
  scope(() => {
    for (const [name, target] of Object.entries(state.tensors)) {
      const dtype = target.dtype === 'float64' ? 'float64' : 'float32'
      copy(target.backend, realTensor(name, stored[name], { dtype, backend: target.backend }), target)
    }
  })
  return { ...state, step: Number(optimizerStep) }
}

/** JSON from which the same comes back. */
function exactJson(value: unknown): string {
  const text = JSON.stringify(value, (key, inner: unknown) => {
    const plain = inner === null || ['string', 'boolean', 'object'].includes(typeof inner) || Number.isFinite(inner)
    if (plain) return inner
    const what = typeof inner === 'number' ? inner : `a ${typeof inner}`
    throw new ValueError(`the schedule remembers ${key || 'a value'} = ${what}, which JSON cannot hold: use null`)
  })
  return text
}

const prefixed = (prefix: string, arrays: Named): Named =>
  Object.fromEntries(Object.entries(arrays).map(([name, array]) => [prefix + name, array]))

const withoutPrefix = (prefix: string, tensors: DecodedFile['tensors']): DecodedFile['tensors'] =>
  Object.fromEntries(
    Object.entries(tensors).flatMap(([name, array]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), array] as const] : [],
    ),
  )
