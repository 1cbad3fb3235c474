// The layer that is the adjoint of a convolution: what generators grow images with.
import { windowsOf } from '@scatterlab/tensor/operations'
import { checkOptions } from '@scatterlab/tensor'
import { affineArrays } from './affine.ts'
import { oneOrPair } from '../arguments.ts'
import { type Conv2dOptions, conv2dRules } from './conv2d.ts'
import { type Layer, imageShape } from './layer.ts'
import { checkGroups, transposedConv2d as convolve } from '../operations/convolution.ts'
import { type TransposedSteps, transposedSides } from '../operations/sides.ts'

/** A layer of filters that images are laid out with. */
export interface TransposedConv2dOptions extends Conv2dOptions, TransposedSteps {}

/**
 * The adjoint of `conv2d` with the same steps: [channels, height, width] to sides (length − 1)·s − 2p + d·(size − 1) +
 * 1 + outputPadding. Parameters `weight` [inChannels, channels / groups, h, w] and `bias` [channels]. Throws
 * `ValueError` for steps that cannot be.
 */
export function transposedConv2d(options: TransposedConv2dOptions): Layer {
  const rules = { ...conv2dRules, outputPadding: oneOrPair(0) }
  const given = checkOptions<TransposedConv2dOptions>('transposedConv2d', options, rules, ['channels', 'size'])
  const { channels, size, weight: _, bias, ...steps } = given
  const { groups = 1 } = steps
  const [rows, columns] = windowsOf(size, steps).size
  return {
    kind: 'transposedConv2d',
    plan(input) {
      const [inChannels, ...sides] = imageShape(input)
      checkGroups(groups, inChannels, channels)
      const fanIn = (inChannels / groups) * rows * columns
      const fanOut = (channels / groups) * rows * columns
      const shape = [inChannels, channels / groups, rows, columns]
      return {
        output: [channels, ...transposedSides(sides, size, steps)],
        parameters: affineArrays(given, channels, { shape, fanIn, fanOut }),
        multiplications: inChannels * sides[0] * sides[1] * fanOut,
      }
    },
    forward: (x, { parameter }) =>
      convolve(x, parameter('weight'), bias === false ? steps : { ...steps, bias: parameter('bias') }),
  }
}
