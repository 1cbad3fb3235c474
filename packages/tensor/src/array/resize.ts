// Images of another size.
import { averageAdjoint as spread } from '../operations/scattering-adjoints.ts'
import { average } from '../operations/scattering.ts'
import type { SampledKernel } from '../operations/spectral-filter.ts'
import { shown } from '../check-options.ts'
import { ShapeError, ValueError } from '../errors.ts'
import { differentiable } from '../gradient/tape.ts'
import { checkReal } from './checks.ts'
import { formatShape, sizeOf } from './shape.ts'
import { type Tensor, empty, tensor, unwritten } from './tensor.ts'

/**
 * Real images [..., height, width] at another height and width. A side that shrinks takes the mean over the area of each new pixel; one that
 * grows interpolates linearly between the centres of the old ones, the end pixels held beyond them. Throws `ShapeError` or `ValueError`.
 */
export function resize(x: Tensor, size: readonly [height: number, width: number]): Tensor {
  checkReal('resize', x)
  if (!Array.isArray(size) || size.length !== 2 || !size.every((n) => Number.isInteger(n) && n >= 1))
    throw new ValueError(`resize to ${shown(size)}: give [height, width], whole numbers from 1`)
  if (x.rank < 2 || x.shape.slice(-2).includes(0))
    throw new ShapeError(`resize of shape ${formatShape(x.shape)}: give images [..., height, width]`)
  const [height, width] = x.shape.slice(-2)
  const images = x.reshape(sizeOf(x.shape.slice(0, -2)), height, width)
  const [rows, columns] = [samples(x, height, size[0]), samples(x, width, size[1])]
  const out = unwritten([images.shape[0], ...size], images)
  average(x.backend, images, rows, columns, out)
  differentiable(out, [
    images,
    (g) => {
      const back = empty(images.shape, images)
      spread(x.backend, g, rows, columns, back)
      return back
    },
  ])
  return out.reshape(...x.shape.slice(0, -2), ...size)
}

/** The weights of old pixels in each new one, in a window that never leaves the line. */
function samples(like: Tensor, length: number, count: number): SampledKernel {
  const step = length / count
  const width = Math.min(length, step > 1 ? Math.ceil(step) + 1 : 2)
  const taps = new Float64Array(count * width)
  const starts = Int32Array.from({ length: count }, (_, o) => {
    const first = step > 1 ? o * step : (o + 0.5) * step - 0.5
    const start = Math.min(Math.max(Math.floor(first), 0), length - width)
    for (let t = 0; t < width; t++) taps[o * width + t] = weight(start + t, first, step, length)
    return start
  })
  const kind = like.dtype === 'float32' ? Float32Array.from(taps) : taps
  return { taps: tensor(kind, [count, width], { backend: like.backend }), starts }
}

/** Of pixel `at`: its share of the area from `first` on, or its hat function at `first`, with the end pixels held. */
function weight(at: number, first: number, step: number, length: number): number {
  if (step > 1) return Math.max(0, Math.min(at + 1, first + step) - Math.max(at, first)) / step
  const held = Math.min(Math.max(first, 0), length - 1)
  return Math.max(0, 1 - Math.abs(at - held))
}
