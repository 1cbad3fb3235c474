// The convolution layer: its shapes and arrays. The computation is in operations/convolution.ts.
import { type AlongBoth, type ConvolutionOptions, windowsOf } from '@scatterlab/tensor/operations'
import { type Rules, checkOptions, wholeNumber } from '@scatterlab/tensor'
import { type AffineOptions, affineArrays, affineRules } from './affine.ts'
import { oneOrPair } from '../arguments.ts'
import { type Layer, imageShape } from './layer.ts'
import { checkGroups, conv2d as convolve, stepRules } from '../operations/convolution.ts'
import { convolvedSides } from '../operations/sides.ts'

/** A layer of filters. */
export interface Conv2dOptions extends ConvolutionOptions, AffineOptions {
  /** Channels of the result. */
  readonly channels: number
  /** Side of the filters, or [height, width]. */
  readonly size: AlongBoth
}

/** What these options may be. */
export const conv2dRules: Rules<Conv2dOptions> = {
  channels: wholeNumber(1),
  size: oneOrPair(1),
  ...stepRules,
  ...affineRules,
}

/**
 * Convolution of [channels, height, width] with learned filters; parameters `weight` [channels, inChannels / groups, h,
 * w] and `bias` [channels]. Throws `ValueError` for steps that cannot be.
 */
export function conv2d(options: Conv2dOptions): Layer {
  const given = checkOptions<Conv2dOptions>('conv2d', options, conv2dRules, ['channels', 'size'])
  const { channels, size, weight: _, bias, ...steps } = given
  const { groups = 1 } = steps
  const [rows, columns] = windowsOf(size, steps).size
  return {
    kind: 'conv2d',
    plan(input) {
      const [inChannels, ...sides] = imageShape(input)
      checkGroups(groups, inChannels, channels)
      const [height, width] = convolvedSides(sides, size, steps)
      const fanIn = (inChannels / groups) * rows * columns
      const fanOut = (channels / groups) * rows * columns
      const shape = [channels, inChannels / groups, rows, columns]
      return {
        output: [channels, height, width],
        parameters: affineArrays(given, channels, { shape, fanIn, fanOut }),
        multiplications: fanIn * channels * height * width,
      }
    },
    forward: (x, { parameter }) =>
      convolve(x, parameter('weight'), bias === false ? steps : { ...steps, bias: parameter('bias') }),
  }
}
