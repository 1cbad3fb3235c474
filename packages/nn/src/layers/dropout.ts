// The layer that drops units in training.
import {
  type Random,
  type Rule,
  type Tensor,
  checkOptions,
  mul,
  numberFrom,
  oneOf,
  realArray,
  realOf,
  tensor,
} from '@scatterlab/tensor'
import type { Layer } from './layer.ts'

/** Dropout. */
export interface DropoutOptions {
  /** The probability that a unit is dropped (default 0.5). */
  readonly rate?: number
  /**
   * Where the mean is kept: `training` (default) divides what stays by 1 − rate; `inference` multiplies by it at test,
   * as the lecture's network does.
   */
  readonly scale?: 'training' | 'inference'
}

/**
 * Sets units to zero in training, each alone with probability `rate`. Hinton et al. (2012). Throws `ValueError` for a
 * rate outside [0, 1).
 */
export function dropout(options: DropoutOptions = {}): Layer {
  const given = checkOptions<DropoutOptions>('dropout', options, {
    rate: belowOne,
    scale: oneOf('training', 'inference'),
  })
  const { rate = 0.5, scale = 'training' } = given
  const kept = 1 - rate
  const [inTraining, atTest] = scale === 'training' ? [1 / kept, 1] : [1, kept]
  return {
    kind: 'dropout',
    plan: (input) => ({ output: input }),
    forward(x, { training, random }) {
      if (training && rate > 0) return mul(x, mask(x, kept, inTraining, random()))
      return atTest === 1 ? x : mul(x, atTest)
    },
  }
}

const belowOne: Rule = (rate) =>
  numberFrom(0, 1)(rate) === undefined && rate !== 1 ? undefined : 'a probability, from 0 to below 1'

/** `value` with probability `kept`, else 0, for every unit of x. */
function mask(x: Tensor, kept: number, value: number, random: Random): Tensor {
  const data = random.fillUniform(realArray(realOf(x.dtype), x.size))
  for (let i = 0; i < data.length; i++) data[i] = data[i] < kept ? value : 0
  return tensor(data, x.shape, { backend: x.backend })
}
