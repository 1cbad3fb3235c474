// The convolution layer.
import {
  type AlongBoth,
  type ConvolutionOptions,
  ShapeError,
  ValueError,
  windowCount,
  windowsOf,
} from '@scatterlab/tensor'
import { type Initialiser, constant, he } from './initialisers.ts'
import { type ArraySpec, type Layer, checkRank } from './layer.ts'
import { conv2d as convolve } from './operations/convolution.ts'

/** A layer of filters. */
export interface Conv2dOptions extends ConvolutionOptions {
  /** Channels of the result. */
  readonly channels: number
  /** Side of the filters, or [height, width]. */
  readonly size: AlongBoth
  /** What the filters begin as (default `he()`). */
  readonly weight?: Initialiser
  /** What the biases begin as (default 0), or false: none. */
  readonly bias?: Initialiser | false
}

/**
 * Convolution of [channels, height, width] with learned filters; parameters `weight` [channels, inChannels / groups, h, w] and
 * `bias` [channels].
 */
export function conv2d(options: Conv2dOptions): Layer {
  const { channels, size, weight = he(), bias = constant(0), ...steps } = options
  const { groups = 1 } = steps
  const windows = windowsOf(size, steps)
  return {
    kind: 'conv2d',
    plan(input) {
      checkRank(input, 3, '[channels, height, width]')
      const [inChannels, height, width] = input
      checkGroups(groups, inChannels, channels)
      const output = [channels, windowCount(height, windows, 0), windowCount(width, windows, 1)]
      if (output[1] < 1 || output[2] < 1) {
        throw new ShapeError(`filters of ${windows.size.join('×')} do not fit: make the image larger or add padding`)
      }
      const terms = (inChannels / groups) * windows.size[0] * windows.size[1]
      const fans = { fanIn: terms, fanOut: (channels / groups) * windows.size[0] * windows.size[1] }
      const parameters: Record<string, ArraySpec> = {
        weight: { shape: [channels, inChannels / groups, ...windows.size], initialise: weight, ...fans },
      }
      if (bias) parameters.bias = { shape: [channels], initialise: bias, ...fans }
      return { output, parameters, multiplications: terms * channels * output[1] * output[2] }
    },
    forward: (x, context) =>
      convolve(x, context.parameter('weight'), bias ? { ...steps, bias: context.parameter('bias') } : steps),
  }
}

/** Throws `ValueError` unless both numbers of channels split into the groups. */
export function checkGroups(groups: number, inChannels: number, channels: number): void {
  if (!Number.isInteger(channels) || channels < 1) throw new ValueError(`channels ${channels}: give a positive integer`)
  if (!Number.isInteger(groups) || groups < 1 || inChannels % groups || channels % groups) {
    throw new ValueError(`groups ${groups} must divide ${inChannels} input channels and ${channels} output channels`)
  }
}
