// A network learns, and is looked at now and then while it does: what is seen goes out at once, and is kept for a run that is resumed.
import { type Network, type Weights, fit, loadWeights } from '@scatterlab/nn'
import { cosine, sgd, steps as fallingAt } from '@scatterlab/optim'
import { type RunContext, trainingHost } from '@scatterlab/repro'
import type { Subject } from './sets.ts'

/** How a network learns. */
export interface Course {
  readonly known: number
  readonly steps: number
  readonly batch: number
  readonly rate: number
  readonly decay: number
  /** The rate falls as a cosine, or is halved after every so many steps. */
  readonly halvedEvery?: number
}

/** A moment of a training at which its layers are looked at. */
export interface Moment {
  readonly step: number
  /** What was seen, one number for each layer, the input first. */
  readonly spread: readonly number[]
  readonly collapse: readonly number[]
}

/** How a training is watched. */
export interface Watch {
  /** Steps from one look to the next; looks are checkpoints too. */
  readonly every: number
  /** What is seen of the layers with these weights. */
  look(weights: Weights): Promise<Omit<Moment, 'step'>>
  /** Hears of all moments so far, after each. */
  show(moments: readonly Moment[]): Promise<void>
}

/** Trains a network from `weights`, in place. A resumed run has what was seen before it was interrupted. */
export async function learn(
  context: RunContext<unknown>,
  name: string,
  subject: Subject,
  { network, weights, course, watch }: { network: Network; weights: Weights; course: Course; watch?: Watch },
): Promise<Weights> {
  const { backend, signal, output, checkpoint } = context
  const { known, steps, batch, rate, decay, halvedEvery } = course
  const seen = `${name}-moments`
  const kept = watch && (await checkpoint(seen))
  const moments: Moment[] = kept ? (JSON.parse(new TextDecoder().decode(kept)) as Moment[]) : []
  const host = await trainingHost(context, name, steps, { every: watch?.every ?? 500, tell: steps > 1000 })
  const look = async (step: number, now: Weights): Promise<void> => {
    if (!watch || moments.some((moment) => moment.step === step)) return
    moments.push({ step, ...(await watch.look(now)) })
    output.checkpoint(seen, new TextEncoder().encode(JSON.stringify(moments)))
    await watch.show(moments)
  }
  if (moments.length === 0) await look(0, weights)
  else await watch!.show(moments)
  const trained = await fit(network, {
    ...host,
    // a training that goes on has weights of its own
    ...(!host.resume && { weights }),
    batches: subject.passes(known, batch),
    optimizer: sgd({ rate, momentum: 0.9, decay, velocity: 'gradients' }),
    schedule: halvedEvery ? fallingAt({ at: halvings(steps, halvedEvery), factor: 0.5 }) : cosine({ steps }),
    steps,
    checkpoint: {
      every: watch?.every ?? 500,
      // looked at before the training is kept: a run that ends between the two looks again, and sees the same
      async save(bytes, { step }) {
        if (watch && !signal.aborted && (step % watch.every === 0 || step === steps)) {
          const now = loadWeights(network, bytes, { backend })
          await look(step, now)
          releaseWeights(now, context)
        }
        host.checkpoint.save(bytes)
      },
    },
  })
  if (host.resume) releaseWeights(weights, context)
  return trained.weights
}

/** Gives the memory of weights back. */
export function releaseWeights(
  { parameters, state }: Weights,
  { backend }: Pick<RunContext<unknown>, 'backend'>,
): void {
  for (const { buffer } of Object.values({ ...parameters, ...state })) backend.release(buffer)
}

const halvings = (steps: number, every: number): number[] =>
  Array.from({ length: Math.ceil(steps / every) - 1 }, (_, i) => (i + 1) * every)
