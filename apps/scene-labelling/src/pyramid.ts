// What the network looks at: bands of a Laplacian pyramid, each normalised in windows, as layers without parameters.
import { operations } from '@scatterlab/nn'
import { type Tensor, ShapeError, add, concat, pointwise, scope, sub } from '@scatterlab/tensor'
import { enlarged } from './enlarged.ts'

/** Side of the windows of local normalisation. Farabet et al. (2013), section 4.1. */
export const WINDOW = 15

/** RGB from 0 to 1 as luma and two differences of colour, each about 0: [items, 3, h, w]. Rec. 601. */
export function yuv(x: Tensor): Tensor {
  return scope(() => {
    const [r, g, b] = [0, 1, 2].map((c) => x.slice(null, [c, c + 1]))
    const y = luma(r, g, b)
    return concat([centred(y), difference(b, y, 0.492), difference(r, y, 0.877)], 1)
  })
}

const luma = pointwise('luma', (r, g, b) => r.times(0.299).plus(g.times(0.587)).plus(b.times(0.114)))
const centred = pointwise('centred', (y) => y.minus(0.5))
const difference = pointwise('colour difference', (colour, y, gain) => colour.minus(y).times(gain))

/** The picture at sides halved again and again, by means of 2×2 pixels; the first is the picture. */
export function levels(x: Tensor, scales: number): Tensor[] {
  const all = [x]
  for (let scale = 1; scale < scales; scale++) all.push(halved(all.at(-1)!))
  return all
}

/**
 * The bands of a Laplacian pyramid (Burt & Adelson 1983, with means of 2×2 pixels in the place of their window): each level less the next one
 * enlarged; the last is the coarsest level itself. x [items, channels, h, w], sides that 2^(scales − 1) divides. Throws ShapeError.
 */
export function bands(x: Tensor, scales: number): Tensor[] {
  const all = levels(x, scales)
  return all.map((level, k) => {
    const coarser = all[k + 1]
    return coarser ? scope(() => sub(level, enlarged(coarser, sidesOf(level)))) : level
  })
}

/** The picture that has these bands: the inverse of `bands`. */
export function fromBands(all: readonly Tensor[]): Tensor {
  return all.slice(0, -1).reduceRight((sum, band) => scope(() => add(band, enlarged(sum, sidesOf(band)))), all.at(-1)!)
}

/**
 * (x − m)/max(s, s̄) for each channel: m and s the mean and the deviation in windows of `WINDOW` pixels, s̄ the mean of s over the picture, so
 * that flat regions stay flat. Jarrett et al. (2009), section 2. Means are over the pixels inside the picture.
 */
export function locallyNormalised(x: Tensor): Tensor {
  return scope(() => {
    const apart = sub(x, windowMean(x))
    const deviation = root(windowMean(squared(apart)))
    const [items, channels] = x.shape
    const overall = operations.globalAveragePool(deviation).reshape(items, channels, 1, 1)
    return quotient(apart, deviation, overall)
  })
}

const squared = pointwise('squared', (x) => x.square())
const root = pointwise('root', (x) => x.max(0).sqrt())
// the least number keeps a picture of one colour at zero
const quotient = pointwise('quotient', (x, s, mean) => x.over(s.max(mean).plus(1e-4)))

function windowMean(x: Tensor): Tensor {
  const padding = (WINDOW - 1) / 2
  const across = operations.averagePool2d(x, {
    size: [1, WINDOW],
    stride: 1,
    padding: [0, padding],
    countPadding: false,
  })
  return operations.averagePool2d(across, { size: [WINDOW, 1], stride: 1, padding: [padding, 0], countPadding: false })
}

const sidesOf = (x: Tensor): readonly [number, number] => [x.shape[2], x.shape[3]]

function halved(x: Tensor): Tensor {
  const [height, width] = sidesOf(x)
  if (height % 2 || width % 2) throw new ShapeError(`a picture of ${width}×${height} cannot be halved: give even sides`)
  return operations.averagePool2d(x, { size: 2 })
}
