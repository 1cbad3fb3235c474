// The batch-normalisation layer, which keeps running moments for inference.
import { type Tensor, ShapeError, ValueError, add, mul, scope } from '@scatterlab/tensor'
import { type Initialiser, constant } from './initialisers.ts'
import type { Layer } from './layer.ts'
import { type Moments, batchNorm as normalise, channelMoments } from './operations/batch-norm.ts'

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
 * Normalises each channel (axis 1): in training by the batch's moments, which also move the running ones; else by the running
 * ones. Parameters `weight` and `bias` [channels], state `running_mean` and `running_var`: PyTorch's names, and its rule
 * r ← (1 − momentum)·r + momentum·r_batch, the variance divided by the number of samples less one. Ioffe & Szegedy (2015).
 */
export function batchNorm(options: BatchNormOptions = {}): Layer {
  const { epsilon = 1e-5, momentum = 0.1, weight = constant(1), bias = constant(0) } = options
  if (!(epsilon > 0)) throw new ValueError(`epsilon ${epsilon}: give a number above 0`)
  if (!(momentum >= 0 && momentum <= 1)) throw new ValueError(`momentum ${momentum}: give a number from 0 to 1`)
  return {
    kind: 'batchNorm',
    plan(input) {
      if (input.length === 0) throw new ShapeError('takes items of shape [channels, …], given a number')
      const array = (initialise: Initialiser) => ({ shape: [input[0]], initialise, fanIn: 1, fanOut: 1 })
      return {
        output: input,
        parameters: { weight: array(weight), bias: array(bias) },
        state: { running_mean: array(constant(0)), running_var: array(constant(1)) },
      }
    },
    forward(x, context) {
      const affine = { scale: context.parameter('weight'), shift: context.parameter('bias'), epsilon }
      const running = { mean: context.state('running_mean'), variance: context.state('running_var') }
      if (!context.training) return normalise(x, { ...affine, moments: running, frozen: true })
      const samples = x.size / x.shape[1]
      if (samples < 2) throw new ShapeError('batch normalisation in training needs more than one sample per channel')
      const moments = channelMoments(x)
      scope(() => move(running, moments, momentum, samples / (samples - 1)))
      return normalise(x, { ...affine, moments })
    },
  }
}

function move(running: Moments, batch: Moments, momentum: number, unbiased: number): void {
  const towards = (target: Tensor, value: Tensor, share: number): void =>
    target.backend.copy(add(mul(target, 1 - momentum), mul(value, share)), target)
  towards(running.mean, batch.mean, momentum)
  towards(running.variance, batch.variance, momentum * unbiased)
}
