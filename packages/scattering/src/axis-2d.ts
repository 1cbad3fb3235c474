// The grids of the two axes of images.
import { octavesOf, type CompleteOptions } from './options-2d.ts'
import { type Axis, axis, placesOf } from './sampling.ts'

/**
 * The grid of one axis. Reflected and zero padding follow kymatio: at least a block of 2^J more on each side, the window averages at
 * the multiples of 2^J without the outermost ones. A periodic image is its own grid.
 */
export function imageAxis(length: number, options: CompleteOptions): Axis {
  const { padding } = options
  const block = 2 ** octavesOf(options)
  const stride = block / 2 ** options.oversampling
  if (padding === 'periodic') return axis(length, length, 0, padding, placesOf(0, stride, Math.ceil(length / stride)))
  const padded = (Math.floor((length + block) / block) + 1) * block
  const start = Math.floor((padded - length) / 2)
  return axis(length, padded, start, padding, placesOf(block, stride, (padded - 2 * block) / stride))
}
