// The batch-normalisation layer, which keeps running moments for inference.
import { type Tensor, ShapeError, checkOptions, numberFrom, pointwise, positive, scope } from '@scatterlab/tensor'
import { anInitialiser } from '../arguments.ts'
import { type Initialiser, constant } from './initialisers.ts'
import type { ArraySpec, Layer } from './layer.ts'
import { saturated } from '../operations/batch-norm-range.ts'
import { type Moments, batchNorm as normalise, channelMoments } from '../operations/batch-norm.ts'

/** Batch normalisation. */
export interface BatchNormOptions {
  /** Added to the variance (default 1e-5). */
  readonly epsilon?: number
  /** How much of the running moments a batch replaces (default 0.1). */
  readonly momentum?: number
  /** What the scale begins as (default 1). */
  readonly weight?: Initialiser
  /** What the shift begins as (default 0). */
  readonly bias?: Initialiser
}

/**
 * Normalises each channel (axis 1) by the batch's moments in training, which also move the running ones; else by the
 * running ones. Parameters `weight` and `bias` [channels], state `running_mean` and `running_var`: PyTorch's names, and
 * its rule r ← (1 − momentum)·r + momentum·r_batch, that variance divided by the number of samples less one. Ioffe &
 * Szegedy (2015). Throws `ValueError`.
 */
export function batchNorm(options: BatchNormOptions = {}): Layer {
  const given = checkOptions<BatchNormOptions>('batchNorm', options, {
    epsilon: positive,
    momentum: numberFrom(0, 1),
    weight: anInitialiser,
    bias: anInitialiser,
  })
  const { epsilon = 1e-5, momentum = 0.1, weight = constant(1), bias = constant(0) } = given
  return {
    kind: 'batchNorm',
    plan(input) {
      if (input.length === 0) throw new ShapeError('takes items of shape [channels, …], given numbers')
      const array = (initialise: Initialiser): ArraySpec => ({ shape: [input[0]], initialise, fanIn: 1, fanOut: 1 })
      return {
        output: input,
        parameters: { weight: array(weight), bias: array(bias) },
        state: { running_mean: array(constant(0)), running_var: array(constant(1)) },
      }
    },
    forward(x, { training, parameter, state }) {
      const affine = { scale: parameter('weight'), shift: parameter('bias'), epsilon }
      const running = { mean: state('running_mean'), variance: state('running_var') }
      if (!training) return normalise(x, { ...affine, moments: running })
      const samples = x.size / x.shape[1]
      if (samples < 2) throw new ShapeError('batch normalisation in training needs more than one sample per channel')
      const moments = channelMoments(x)
      scope(() => follow(running, moments, momentum, samples / (samples - 1)))
      return normalise(x, { ...affine, moments, frozen: false })
    },
  }
}

/** Moves the running moments, in place, the share `momentum` of the way to the batch's. */
function follow(running: Moments, batch: Moments, momentum: number, unbiased: number): void {
  const move = (moment: Tensor, target: Tensor, share: number): void =>
    blend.into(moment, moment, 1 - momentum, target, share)
  move(running.mean, batch.mean, momentum)
  move(running.variance, saturated(batch.variance), momentum * unbiased)
}

const blend = pointwise('blend', (x, own, y, other) => x.times(own).plus(y.times(other)))
