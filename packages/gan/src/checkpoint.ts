// Where a run of both networks stands, as one safetensors file and back.
import {
  type CheckpointFile,
  type Network,
  type Weights,
  CheckpointError,
  decodeSafetensors,
  encodeSafetensors,
} from '@scatterlab/nn'
import type { Optimizer, OptimizerState } from '@scatterlab/optim'
import { type Backend, type Named, type RealDType, random, tensor } from '@scatterlab/tensor'
import type { Gan } from './dcgan.ts'
import type { GanWeights } from './step.ts'

/** What a pass came to. */
export interface GanEpoch {
  /** From 0. */
  readonly epoch: number
  /** Batches by its end. */
  readonly step: number
  /** Means over the pass. */
  readonly discriminatorLoss: number
  /** Mean over the pass, of the batches from which the generator learned. */
  readonly generatorLoss: number
  /** Whether the discriminator told nearly all apart, so that the generator learned nothing more. */
  readonly collapsed: boolean
}

type Losses = Record<'discriminatorLoss' | 'generatorLoss', number>

/** The numbers of a run beside its arrays. */
export interface GanPosition {
  step: number
  epoch: number
  /** Batches of the pass under way. */
  batch: number
  sums: Losses
  counts: Losses
  history: GanEpoch[]
}

/** A run. */
export interface GanRun {
  readonly weights: GanWeights
  readonly optimizers: Record<keyof GanWeights, OptimizerState>
  readonly position: GanPosition
}

/** Which run it is. */
export interface GanIdentity {
  readonly gan: Gan
  readonly optimizers: Readonly<Record<keyof GanWeights, Optimizer>>
  readonly seed: number | string
  readonly dtype: RealDType
  readonly backend?: Backend
}

const FORMAT = 'scatterlab-gan-1'
const PARTS = ['generator', 'discriminator'] as const

const forBoth = <T>(value: (part: keyof GanWeights) => T): Record<keyof GanWeights, T> => ({
  generator: value('generator'),
  discriminator: value('discriminator'),
})

/** The run before its first step. */
export function firstRun({ gan, optimizers, seed, dtype, backend }: GanIdentity): GanRun {
  const weights = forBoth((part) =>
    gan[part].initialise(random(`${seed}/${part}`), { dtype, ...(backend && { backend }) }),
  )
  return {
    weights,
    optimizers: forBoth((part) => optimizers[part].init(weights[part].parameters)),
    position: {
      step: 0,
      epoch: 0,
      batch: 0,
      sums: { discriminatorLoss: 0, generatorLoss: 0 },
      counts: { discriminatorLoss: 0, generatorLoss: 0 },
      history: [],
    },
  }
}

/** The arrays of a run by the names that they have in a file. */
const arraysOf = ({ weights, optimizers }: GanRun): Named =>
  Object.fromEntries(
    PARTS.flatMap((part) => [
      ...named(`${part}/`, weights[part].parameters),
      ...named(`${part}/state/`, weights[part].state),
      ...named(`${part}/optimizer/`, optimizers[part].tensors),
    ]),
  )

const named = (prefix: string, arrays: Named): (readonly [string, Named[string]])[] =>
  Object.entries(arrays).map(([name, array]) => [prefix + name, array])

/** The file of a run. */
export function encodeRun(
  run: GanRun,
  { gan, seed, dtype, optimizers }: GanIdentity,
): Promise<Uint8Array<ArrayBuffer>> {
  return encodeSafetensors(
    arraysOf(run),
    {
      format: 'pt',
      training: FORMAT,
      networks: layersOf(gan),
      seed: String(seed),
      dtype,
      settings: settingsOf(optimizers),
      optimizerSteps: JSON.stringify(forBoth((part) => run.optimizers[part].step)),
      position: JSON.stringify(run.position),
    },
    { checksum: true },
  )
}

/** The run of a file. Throws `CheckpointError`: FORMAT for another file, ARCHITECTURE, SEED and SETTINGS for that of another run. */
export function decodeRun(resume: Uint8Array | CheckpointFile, identity: GanIdentity): GanRun {
  const { gan, seed, dtype, backend, optimizers } = identity
  const bytes = resume instanceof Uint8Array ? resume : resume.bytes
  const { metadata, tensors } = decodeSafetensors(bytes)
  if (metadata['training'] !== FORMAT)
    throw new CheckpointError('FORMAT', 'the file holds no run of fitGan: give one that `checkpoint` was given')
  const same = (
    code: 'ARCHITECTURE' | 'SEED' | 'SETTINGS',
    what: string,
    then: string | undefined,
    now: string,
  ): void => {
    if (then !== now)
      throw new CheckpointError(code, `the checkpoint is of a run with another ${what}: ${then} and not ${now}`)
  }
  same('ARCHITECTURE', 'pair of networks', metadata['networks'], layersOf(gan))
  same('SEED', 'seed', metadata['seed'], String(seed))
  same('SETTINGS', 'element type', metadata['dtype'], dtype)
  same('SETTINGS', 'rule of learning', metadata['settings'], settingsOf(optimizers))
  const place = { dtype, ...(backend && { backend }) }
  const within = (prefix: string, isOwn: (name: string) => boolean = () => true): Named =>
    Object.fromEntries(
      Object.entries(tensors)
        .filter(([name]) => name.startsWith(prefix) && isOwn(name.slice(prefix.length)))
        .map(([name, { data, shape }]) => [name.slice(prefix.length), tensor(data as Float32Array, shape, place)]),
    )
  const isParameter = (name: string): boolean => !name.startsWith('state/') && !name.startsWith('optimizer/')
  const steps = JSON.parse(metadata['optimizerSteps']) as Record<keyof GanWeights, number>
  return {
    weights: forBoth((part): Weights => ({
      parameters: within(`${part}/`, isParameter),
      state: within(`${part}/state/`),
    })),
    optimizers: forBoth((part) => ({ step: steps[part], tensors: within(`${part}/optimizer/`) })),
    position: JSON.parse(metadata['position']) as GanPosition,
  }
}

const layersOf = (gan: Gan): string =>
  PARTS.map((part) => {
    const { input, layers }: Network = gan[part]
    return `${input.join('×')}: ${layers.map(({ kind, output }) => `${kind} ${output.join('×')}`).join(', ')}`
  }).join('; ')

const settingsOf = (optimizers: GanIdentity['optimizers']): string =>
  JSON.stringify(forBoth((part) => ({ rate: optimizers[part].rate, ...optimizers[part].settings })))
