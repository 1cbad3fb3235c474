// The training of a generator against a discriminator: batch after batch, with samples of the same points after each epoch, checkpoints, and
// a run that goes on as if it had never ended.
import { type Batches, type CheckpointFile, type Images, type Pass, EmptyPassError } from '@scatterlab/nn'
import { type Optimizer, type Schedule, adam, constant } from '@scatterlab/optim'
import {
  type Backend,
  type RealDType,
  type Rule,
  type Rules,
  type ShapedArray,
  Tensor,
  ShapeError,
  ValueError,
  aBackend,
  aFunction,
  aSeed,
  aSignal,
  anything,
  checkArgument,
  checkOptions,
  formatShape,
  having,
  onBackend,
  oneOf,
  random,
  sameShape,
  scope,
  startTurns,
  tensor,
  wholeNumber,
} from '@scatterlab/tensor'
import { type GanRun, type GanEpoch, decodeRun, encodeRun, firstRun } from './checkpoint.ts'
import { aGan } from './arguments.ts'
import { inTurn, labelsFor, withClasses } from './classes.ts'
import type { Gan } from './dcgan.ts'
import { type Points, latentPoints } from './latent.ts'
import { type GanWeights, type Learned, discriminatorStep, drawn, generatorStep } from './step.ts'

/** How a generator is trained. */
export interface FitGanOptions {
  /** One pass over real images, [items, channels, side, side] from −1 to 1. Labels are those of the classes that the networks are told, else not looked at. The same random stream gives the same batches. */
  readonly batches: (pass: Pass) => Batches<unknown>
  /** The run ends after so many passes or so many batches, whichever comes first; give one or both. */
  readonly epochs?: number
  /** Batches at most; see `epochs`. */
  readonly steps?: number
  /** Rules of learning; default `adam({ rate: 2e-4, beta1: 0.5 })` for each, the paper's. */
  readonly optimizers?: Readonly<Record<keyof GanWeights, Optimizer>>
  /** How both rates go over the steps, such as `cosine({ steps })`; not one that listens to a validation. Default: as they are. The same for a resumed run. */
  readonly schedule?: Schedule
  /**
   * `together`: both networks learn from every batch, the generator by the points of the discriminator's drawn images; `alternating`: they take turns, a
   * new batch each time, as the paper's own code does. Default `together`.
   */
  readonly order?: 'together' | 'alternating'
  /** How many images of the same points are drawn after each epoch, of each class in turn. Default 64. */
  readonly samples?: number
  /** Seed of first weights, passes and points. Default 0. */
  readonly seed?: number | string
  /** Element type of both networks. Default `float32`. */
  readonly dtype?: RealDType
  /** Who computes. Default the plain reference. */
  readonly backend?: Backend
  /** Ends the run before its next step, the last checkpoint saved: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal
  /** Called after each batch and after each pass. */
  readonly onProgress?: (event: GanEvent) => void
  /** Where checkpoints go: after each epoch, and when the run ends or is aborted. */
  readonly checkpoint?: (bytes: Uint8Array<ArrayBuffer>, epoch: number) => void | Promise<void>
  /** A file that `checkpoint` was given: the run goes on from there, bit for bit on one back end. */
  readonly resume?: Uint8Array | CheckpointFile
}

/** What a run tells. */
export type GanEvent = GanStepEvent | GanEpochEvent

/** A batch was learned from. */
export interface GanStepEvent {
  /** Tells it from the end of a pass. */
  readonly kind: 'step'
  /** Batches so far, this one included. */
  readonly step: number
  /** The pass under way, from 0. */
  readonly epoch: number
  /** Of the networks that learned; null for the one whose turn it was not. */
  readonly discriminatorLoss: number | null
  /** Mean over this batch of −log σ(D(G(z))); null where the generator did not learn. */
  readonly generatorLoss: number | null
  /** Real images in the batch; as many were drawn. */
  readonly items: number
  /** Wall-clock time of the step, without the making of its batch. */
  readonly seconds: number
}

/** A pass is over. */
export interface GanEpochEvent extends GanEpoch {
  /** Tells it from a step. */
  readonly kind: 'epoch'
  /** Images [samples, channels, side, side] of the same points as ever. */
  readonly samples: ShapedArray
}

/** What a run came to. */
export interface GanResult {
  /** The learned numbers of both networks. */
  readonly weights: GanWeights
  /** Batches that were learned from, those before an interruption included. */
  readonly step: number
  /** Every pass that was completed, those before an interruption included. */
  readonly history: readonly GanEpoch[]
  /** The images of the fixed points at the end. */
  readonly samples: ShapedArray
}

/** A mean loss of the discriminator below this says that it tells all apart, so that the generator learns nothing more. */
const COLLAPSED = 0.01

const rules: Rules<FitGanOptions> = {
  batches: aFunction,
  epochs: wholeNumber(0),
  steps: wholeNumber(0),
  optimizers: (value) => {
    const both = Object(value) as Record<string, unknown>
    const isOne = (part: unknown): boolean => having('', 'init', 'update')(part) === undefined
    return isOne(both['generator']) && isOne(both['discriminator'])
      ? undefined
      : 'two optimizers, { generator, discriminator }'
  },
  schedule: (value) =>
    having('', 'rate')(value) === undefined && (value as Schedule).observe === undefined
      ? undefined
      : 'a schedule of steps, for example cosine({ steps: 1000 }) of @scatterlab/optim',
  order: oneOf('together', 'alternating'),
  samples: wholeNumber(2, 4096),
  seed: aSeed,
  dtype: oneOf('float32', 'float64'),
  backend: aBackend,
  signal: aSignal,
  onProgress: aFunction,
  checkpoint: aFunction,
  resume: anything,
}

/**
 * Trains both networks of a `dcgan`. Points of a step are drawn from the seed and the number of the step. Rejects with the signal's reason, a
 * `CheckpointError` for a file of another run, `LabelError` for a label that is no class, `ValueError` for a pass of one class only, `ShapeError` for images that are not the discriminator's, `EmptyPassError`.
 *
 * @example
 * const { weights, samples } = await fitGan(dcgan({ side: 32, channels: 1, width: 16 }), { batches, epochs: 5, backend })
 */
export async function fitGan(gan: Gan, options: FitGanOptions): Promise<GanResult> {
  checkArgument('fitGan: the networks', gan, aGan)
  const checked = checkOptions('fitGan', options, rules, ['batches'])
  const { batches, epochs = Infinity, steps = Infinity, order = 'together', samples = 64, seed = 0, signal } = checked
  const { dtype = 'float32', schedule = constant(), onProgress, checkpoint, resume } = checked
  const optimizers = checked.optimizers ?? { generator: paper(), discriminator: paper() }
  const identity = { gan, optimizers, seed, dtype, ...(checked.backend && { backend: checked.backend }) }
  const run = resume ? decodeRun(resume, identity) : firstRun(identity)
  const { weights, position } = run
  const backend = Object.values(weights.generator.parameters)[0].backend
  const turns = startTurns(signal)
  const place = (data: ShapedArray): Tensor => onBackend(tensor(data.data, data.shape, { dtype }), backend)
  const save = async (): Promise<void> => checkpoint?.(await encodeRun(run, identity), position.epoch)
  if (!Number.isFinite(epochs) && !Number.isFinite(steps)) {
    checkArgument('fitGan: epochs', undefined, () => 'a number of passes, or give steps')
  }

  /** Points by a name, with the classes of their images. */
  const pointsOf = (name: string, count: number, labels: ArrayLike<number> | null): Points => {
    const points = latentPoints(gan, count, `${seed}/${name}`)
    return labels && gan.classes ? withClasses(points, labels, gan.classes) : points
  }

  const sampled = async (): Promise<ShapedArray> => {
    const labels = gan.classes ? inTurn(samples, gan.classes) : null
    const images = scope(() => drawn(gan, weights, place(pointsOf('samples', samples, labels))))
    const data = await images.read()
    backend.release(images.buffer)
    return { data, shape: images.shape }
  }

  const learn = (part: keyof GanWeights, learned: Learned): Tensor => {
    const rate = schedule.rate(optimizers[part].rate, position.step, schedule.initial)
    run.optimizers[part] = optimizers[part].update(weights[part].parameters, learned.gradients, run.optimizers[part], {
      rate,
    })
    return learned.loss
  }

  /** Both losses of a batch, read before anything else is issued. */
  async function step(
    images: Images | Tensor,
    labels: ArrayLike<number> | null,
  ): Promise<Pick<GanStepEvent, 'discriminatorLoss' | 'generatorLoss'>> {
    const isEven = position.step % 2 === 0
    const turnsOf = order === 'together' ? [true, true] : [!isEven, isEven]
    const reading = scope(() => {
      const real = images instanceof Tensor ? onBackend(images, backend) : place(images as ShapedArray)
      const z = place(pointsOf(`z/${position.step}`, real.shape[0], labels))
      const told = labels ?? undefined
      const losses = [
        turnsOf[0] ? learn('discriminator', discriminatorStep(gan, weights, real, z, told)) : null,
        turnsOf[1] ? learn('generator', generatorStep(gan, weights, z, told)) : null,
      ]
      return Promise.all(losses.map(async (loss) => (loss ? loss.read() : null)))
    })
    const [discriminator, generator] = await reading
    return { discriminatorLoss: discriminator?.[0] ?? null, generatorLoss: generator?.[0] ?? null }
  }

  async function pass(): Promise<boolean> {
    const { epoch } = position
    const own = { epoch, random: random(`${seed}/epoch/${epoch}`), ...(signal && { signal }) }
    let batch = 0
    const met = new Set<number>()
    const given = batches(own)
    checkArgument('what batches gives', given, somePasses)
    for await (const { images, labels } of given) {
      if (gan.classes && met.size < 2)
        for (const label of Array.from(Object(labels) as ArrayLike<number>)) met.add(label)
      if (batch++ < position.batch) continue
      if (position.step >= steps) return false
      await turns.next()
      checkItems(gan, images)
      const began = performance.now()
      const losses = await step(images, labelsFor(gan, labels, images.shape[0], 'batches'))
      position.step++
      position.batch++
      for (const part of ['discriminatorLoss', 'generatorLoss'] as const) {
        if (losses[part] === null) continue
        position.sums[part] += losses[part]
        position.counts[part]++
      }
      const seconds = (performance.now() - began) / 1000
      onProgress?.({ kind: 'step', step: position.step, epoch, ...losses, items: images.shape[0], seconds })
    }
    if (batch === 0) throw new EmptyPassError('batches')
    if (met.size === 1)
      throw new ValueError(
        `a whole pass had the label ${[...met][0]} only: give images of two classes or more, or make networks without classes`,
      )
    return true
  }

  try {
    while (position.epoch < epochs && position.step < steps) {
      if (!(await pass())) break
      closeEpoch(run)
      onProgress?.({ kind: 'epoch', ...position.history.at(-1)!, samples: await sampled() })
      await save()
    }
  } catch (error) {
    if (signal?.aborted && error === signal.reason) await save()
    throw error
  }
  if (position.batch > 0) await save()
  return { weights, step: position.step, history: position.history, samples: await sampled() }
}

const paper = (): Optimizer => adam({ rate: 2e-4, beta1: 0.5 })

function closeEpoch({ position }: GanRun): void {
  const { epoch, step, sums, counts } = position
  const mean = (part: keyof typeof sums): number => sums[part] / Math.max(1, counts[part])
  const [discriminatorLoss, generatorLoss] = [mean('discriminatorLoss'), mean('generatorLoss')]
  const collapsed = discriminatorLoss < COLLAPSED
  position.history.push({ epoch, step, discriminatorLoss, generatorLoss, collapsed })
  position.epoch++
  position.batch = 0
  position.sums = { discriminatorLoss: 0, generatorLoss: 0 }
  position.counts = { discriminatorLoss: 0, generatorLoss: 0 }
}

/** What `for await` goes through. */
const somePasses: Rule = (value) =>
  Symbol.asyncIterator in Object(value) || Symbol.iterator in Object(value)
    ? undefined
    : 'batches { images, labels }, in a list or an async iterable'

function checkItems({ discriminator: { input } }: Gan, images: Images | Tensor): void {
  const { shape } = Object(images) as Images
  if (Array.isArray(shape) && shape.length === 4 && sameShape(shape.slice(1), input) && shape[0] >= 2) return
  throw new ShapeError(
    `batches give images of shape ${Array.isArray(shape) ? formatShape(shape as number[]) : 'none'}: give [items, ${input.join(', ')}], two items or more`,
  )
}
