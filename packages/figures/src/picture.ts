// Arrays as pictures: what a caller may hand in (one image, a list, or a batch), checked, and how its numbers become
// an embedded PNG. No layout here.

import { encode } from 'fast-png'
import { colourOf } from './colormap.ts'
import type { ColormapName } from './colormap.ts'
import { FigureError } from './errors.ts'
import type { Limits } from './range.ts'
import { aPicture, checkArgument, isTensor, type TensorLike } from './rules.ts'

/** Numbers in row-major order with their shape: [height, width], or [height, width, 3] for red, green and blue. */
export interface Numbers {
  readonly data: ArrayLike<number>
  readonly shape: readonly number[]
}

/** A picture, or a tensor of such a shape. */
export type Picture = Numbers | TensorLike

/** Pictures as a list, or as one batch of shape [count, height, width] or [count, height, width, 3]. */
export type Pictures = readonly Picture[] | Picture

/** A checked picture: `channels` numbers a pixel, finite; `bytes` when they come as 0…255. */
export interface Plane {
  readonly data: ArrayLike<number>
  readonly height: number
  readonly width: number
  readonly channels: 1 | 3
  readonly bytes: boolean
}

const isBytes = (data: ArrayLike<number>): boolean => data instanceof Uint8Array || data instanceof Uint8ClampedArray

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1)

/** Throws {@link FigureError} unless `shape` holds whole numbers above 0 that multiply to `length`. */
export const checkShape = (option: string, length: number, shape: readonly number[]): void => {
  const text = `[${shape.join(', ')}]`
  if (shape.some((n) => !Number.isInteger(n) || n < 1)) {
    throw new FigureError('SHAPE_MISMATCH', `${option}: shape ${text} has a size that is not a whole number above 0`)
  }
  if (sizeOf(shape) !== length) {
    throw new FigureError(
      'SHAPE_MISMATCH',
      `${option}: shape ${text} holds ${sizeOf(shape)} numbers but data has ${length}: give the data's own shape`,
    )
  }
}

/** Throws {@link FigureError} `NON_FINITE` where `data` has a NaN or an infinity. */
export const checkFinite = (option: string, data: ArrayLike<number>): void => {
  for (let i = 0; i < data.length; i++) {
    if (!Number.isFinite(data[i])) {
      throw new FigureError(
        'NON_FINITE',
        `${option}: number ${i} is ${data[i]}: replace what is not finite before drawing`,
      )
    }
  }
}

/** The numbers of a picture. Throws ValueError for what is none. */
export const numbersOf = (option: string, picture: Picture): Numbers => {
  checkArgument(option, picture, aPicture)
  return isTensor(picture) ? { data: picture.toTypedArray(), shape: picture.shape } : picture
}

const plane = (option: string, picture: Picture): Plane => {
  const { data, shape } = numbersOf(option, picture)
  const [height, width, channels = 1] = shape
  if (shape.length < 2 || shape.length > 3 || (channels !== 1 && channels !== 3)) {
    throw new FigureError(
      'SHAPE_MISMATCH',
      `${option}: shape [${shape.join(', ')}] is no picture: give [height, width] or [height, width, 3]`,
    )
  }
  checkShape(option, data.length, shape)
  checkFinite(option, data)
  return { data, height: height!, width: width!, channels, bytes: isBytes(data) }
}

const unbatched = (option: string, batch: Picture): readonly Picture[] => {
  const { data, shape } = numbersOf(option, batch)
  if (shape.length < 3 || shape.length > 4) {
    throw new FigureError(
      'SHAPE_MISMATCH',
      `${option}: shape [${shape.join(', ')}] is no batch: give [count, height, width], for colour with a 3 at its end`,
    )
  }
  if (shape[0] === 0) return []
  checkShape(option, data.length, shape)
  const [count, ...each] = shape
  const size = sizeOf(each)
  const part = (i: number): ArrayLike<number> =>
    ArrayBuffer.isView(data)
      ? (data as unknown as Float64Array).subarray(i * size, (i + 1) * size)
      : Array.prototype.slice.call(data, i * size, (i + 1) * size)
  return Array.from({ length: count! }, (_, i) => ({ data: part(i), shape: each }))
}

/** `pictures`, one by one and checked; throws {@link FigureError} `EMPTY` when there is none. */
export const planesOf = (option: string, pictures: Pictures): readonly Plane[] => {
  const list = 'shape' in pictures ? unbatched(option, pictures) : pictures
  if (list.length === 0) throw new FigureError('EMPTY', `${option} is empty: give at least one picture`)
  return list.map((picture, i) => plane(`${option}[${i}]`, picture))
}

/** The picture's PNG as a data URL: one number a pixel through the colour map, three as red, green, blue. */
export const pngUrl = (
  { data, height, width, channels }: Plane,
  [low, high]: Limits,
  colormap: ColormapName,
): string => {
  const bytes = new Uint8Array(height * width * 3)
  const unit = (value: number): number => (high > low ? (value - low) / (high - low) : 0.5)
  for (let i = 0; i < height * width; i++) {
    if (channels === 1) bytes.set(colourOf(colormap, unit(data[i]!)), 3 * i)
    else for (let c = 3 * i; c < 3 * i + 3; c++) bytes[c] = Math.round(255 * Math.min(1, Math.max(0, unit(data[c]!))))
  }
  const png = encode({ width, height, data: bytes, depth: 8, channels: 3 })
  let binary = ''
  for (const byte of png) binary += String.fromCharCode(byte)
  return `data:image/png;base64,${btoa(binary)}`
}

/** The picture with index 0 of both axes moved to the middle (index ⌊n/2⌋), as `fftshift` does. */
export const centred = ({ data, height, width, channels, bytes }: Plane): Plane => {
  const moved = new Float64Array(data.length)
  for (let row = 0; row < height; row++) {
    const from = (row + Math.ceil(height / 2)) % height
    for (let column = 0; column < width; column++) {
      const source = from * width + ((column + Math.ceil(width / 2)) % width)
      for (let c = 0; c < channels; c++) moved[(row * width + column) * channels + c] = data[source * channels + c]!
    }
  }
  return { data: moved, height, width, channels, bytes }
}

/** The middle `size`×`size` pixels, index ⌊n/2⌋ staying at ⌊size/2⌋; the whole picture where it is smaller. */
export const cropped = ({ data, height, width, channels, bytes }: Plane, size: number): Plane => {
  const [rows, columns] = [Math.min(size, height), Math.min(size, width)]
  const top = Math.floor(height / 2) - Math.floor(rows / 2)
  const left = Math.floor(width / 2) - Math.floor(columns / 2)
  const kept = new Float64Array(rows * columns * channels)
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < columns * channels; i++) {
      kept[row * columns * channels + i] = data[((top + row) * width + left) * channels + i]!
    }
  }
  return { data: kept, height: rows, width: columns, channels, bytes }
}
