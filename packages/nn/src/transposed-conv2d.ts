// The layer that is the adjoint of a convolution: what generators grow images with.
import { windowsOf } from '@scatterlab/tensor'
import { type Conv2dOptions, checkGroups } from './conv2d.ts'
import { constant, he } from './initialisers.ts'
import { type ArraySpec, type Layer, checkRank } from './layer.ts'
import { transposedConv2d as convolve, transposedSides } from './operations/convolution.ts'

/** A layer of filters that images are laid out with. */
export interface TransposedConv2dOptions extends Conv2dOptions {
  /** Rows and columns added at the end of the result (default 0), less than the stride. */
  readonly outputPadding?: number
}

/**
 * The adjoint of `conv2d` with the same steps: [channels, height, width] to side (length − 1)·s − 2p + d·(size − 1) + 1 +
 * outputPadding. Parameters `weight` [inChannels, channels / groups, h, w] and `bias` [channels].
 */
export function transposedConv2d(options: TransposedConv2dOptions): Layer {
  const { channels, size, weight = he(), bias = constant(0), ...steps } = options
  const { groups = 1 } = steps
  const windows = windowsOf(size, steps)
  return {
    kind: 'transposedConv2d',
    plan(input) {
      checkRank(input, 3, '[channels, height, width]')
      const [inChannels, height, width] = input
      checkGroups(groups, inChannels, channels)
      const output = [channels, ...transposedSides([height, width], windows.size, steps)]
      const [rows, columns] = windows.size
      const fanIn = (inChannels / groups) * rows * columns
      const fanOut = (channels / groups) * rows * columns
      const parameters: Record<string, ArraySpec> = {
        weight: { shape: [inChannels, channels / groups, rows, columns], initialise: weight, fanIn, fanOut },
      }
      if (bias) parameters.bias = { shape: [channels], initialise: bias, fanIn, fanOut }
      return { output, parameters, multiplications: inChannels * fanOut * height * width }
    },
    forward: (x, context) =>
      convolve(x, context.parameter('weight'), bias ? { ...steps, bias: context.parameter('bias') } : steps),
  }
}
