// Translations by any fraction of a pixel: exact on the circle by Fourier, or between pixels like every other action.
import {
  type ArrayInput,
  type Rules,
  type ShapedArray,
  ValueError,
  checkOptions,
  linesDft,
  oneOf,
  shown,
} from '@scatterlab/tensor'
import { type Border, aBorder } from './border.ts'
import type { Interpolation } from './interpolation.ts'
import { type Planes, likePlanes, planesOf } from './planes.ts'
import { positions, warp } from './warp.ts'

/** How an image is translated. */
export interface TranslateOptions {
  /** `fourier` only on a periodic border. Default `fourier` there, else `spline`. */
  readonly interpolation?: Interpolation | 'fourier'
  /** Default `periodic`. */
  readonly border?: Border
}

const rules: Rules<TranslateOptions> = { interpolation: oneOf('fourier', 'linear', 'cubic', 'spline'), border: aBorder }

/**
 * x(u − c): `shift` c is [down, to the right] in pixels for images [..., height, width], or one number of samples for signals
 * [..., length]. By Fourier, x̂(ω)e^{−iω·c}, translations are a group to rounding and keep the norm, but for the highest frequency of
 * an even length, which a real array cannot shift: it is multiplied by cos πc. Whole shifts move samples and round nothing.
 */
export function translate(
  x: ArrayInput,
  shift: number | readonly [down: number, right: number],
  options?: TranslateOptions,
): ShapedArray {
  const { border = 'periodic', ...rest } = checkOptions('translate', options, rules)
  const { interpolation = border === 'periodic' ? 'fourier' : 'spline' } = rest
  const both = typeof shift === 'number' ? [0, shift] : shift
  if (!Array.isArray(both) || both.length !== 2 || !both.every(Number.isFinite))
    throw new ValueError(`translate: shift is ${shown(shift)}: give [down, right] for images, one number for signals`)
  const planes = typeof shift === 'number' ? planesOf('signals', x, 1) : planesOf('images', x, 2)
  const [down, right] = both as [number, number]
  if (interpolation !== 'fourier') {
    const where = positions(planes.size, (row, column) => [row - down, column - right])
    return warp(planes, () => where, { interpolation, border })
  }
  if (border !== 'periodic')
    throw new ValueError(`translate: interpolation 'fourier' is for a periodic border, not '${border}': take 'spline'`)
  return onTheTorus(planes, down, right)
}

function onTheTorus(planes: Planes, down: number, right: number): ShapedArray {
  const out = likePlanes(planes)
  const [height, width] = planes.size
  const length = height * width
  const line = new Float64Array(length)
  const across = new Float64Array(length)
  const flip = (from: Float64Array, to: Float64Array, rows: number, columns: number): void => {
    for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) to[c * rows + r] = from[r * columns + c]
  }
  for (let at = 0; at < out.data.length; at += length) {
    line.set(planes.data.subarray(at, at + length))
    shiftLines(line, height, width, down)
    flip(line, across, height, width)
    shiftLines(across, width, height, right)
    flip(across, line, width, height)
    out.data.set(line, at)
  }
  return out
}

/** Shifts [length, count] along its first axis, in place. */
function shiftLines(x: Float64Array, length: number, count: number, shift: number): void {
  if (Number.isInteger(shift)) {
    const by = (((shift % length) + length) % length) * count
    if (by === 0) return
    const from = x.slice()
    x.set(from.subarray(0, x.length - by), by)
    x.set(from.subarray(x.length - by), 0)
    return
  }
  const imaginary = new Float64Array(x.length)
  const plan = linesDft(length)
  plan.transform(x, imaginary, -1, count)
  for (let k = 0; k < length; k++) {
    const phase = (-2 * Math.PI * shift * (2 * k > length ? k - length : k)) / length
    const cosine = Math.cos(phase) / length
    const sine = 2 * k === length ? 0 : Math.sin(phase) / length
    for (let at = k * count; at < (k + 1) * count; at++) {
      const [re, im] = [x[at], imaginary[at]]
      x[at] = re * cosine - im * sine
      imaginary[at] = re * sine + im * cosine
    }
  }
  plan.transform(x, imaginary, 1, count)
}
