// Blocks whose body learns a difference, and the shortcuts around it.
import {
  ShapeError,
  add,
  checkOptions,
  concat,
  empty,
  formatShape,
  sameShape,
  scope,
  wholeNumber,
} from '@scatterlab/tensor'
import { aLayer } from '../arguments.ts'
import { type Layer, combined, forwardWithin, imageShape, planWithin } from './layer.ts'

/** A body and what is added to it. */
export interface ResidualOptions {
  /** The layer whose result is added to what goes around it. */
  readonly body: Layer
  /**
   * What the input goes through on its way around (default: nothing). Its arrays are named `downsample.…`, as
   * torchvision names them.
   */
  readonly shortcut?: Layer
  /** What follows the sum, such as `relu()`. */
  readonly after?: Layer
}

/** after(body(x) + shortcut(x)). The body's arrays keep their own names. He et al. (2016), equations 1 and 2. */
export function residual(options: ResidualOptions): Layer {
  const rules = { body: aLayer, shortcut: aLayer, after: aLayer }
  const { body, shortcut, after } = checkOptions<ResidualOptions>('residual', options, rules, ['body'])
  return {
    kind: 'residual',
    plan(input) {
      const inner = planWithin('', body, input)
      const around = shortcut ? planWithin('downsample', shortcut, input) : { output: input }
      if (!sameShape(inner.output, around.output)) {
        const shapes = `the body gives ${formatShape(inner.output)}, the way around ${formatShape(around.output)}`
        throw new ShapeError(`${shapes}: give a shortcut that changes the shape as the body does`)
      }
      const last = after ? planWithin('after', after, inner.output) : { output: inner.output }
      return { output: last.output, ...combined([inner, around, last]) }
    },
    forward(x, context) {
      const sum = scope(() => {
        const around = shortcut ? forwardWithin('downsample', shortcut, x, context) : x
        return add(body.forward(x, context), around)
      })
      return after ? forwardWithin('after', after, sum, context) : sum
    },
  }
}

/** What `subsampleAndPad` makes of an image. */
export interface SubsampleAndPadOptions {
  /** Channels of the result, at least the input's. */
  readonly channels: number
  /** Pixels from one that is kept to the next. */
  readonly stride: number
}

/**
 * The shortcut without parameters: every `stride`-th pixel, and channels of zeros behind the input's. He et al. (2016),
 * option A. Throws `ValueError`.
 */
export function subsampleAndPad(options: SubsampleAndPadOptions): Layer {
  const rules = { channels: wholeNumber(1), stride: wholeNumber(1) }
  const given = checkOptions<SubsampleAndPadOptions>('subsampleAndPad', options, rules, ['channels', 'stride'])
  const { channels, stride } = given
  return {
    kind: 'subsampleAndPad',
    plan(input) {
      const [inChannels, height, width] = imageShape(input)
      if (channels < inChannels)
        throw new ShapeError(`channels ${channels}: give at least the ${inChannels} of the input`)
      return { output: [channels, Math.ceil(height / stride), Math.ceil(width / stride)] }
    },
    forward(x) {
      const kept = x.slice(null, null, [0, undefined, stride], [0, undefined, stride])
      const [items, inChannels, height, width] = kept.shape
      if (channels === inChannels) return kept
      return concat([kept, empty([items, channels - inChannels, height, width], x)], 1)
    },
  }
}
