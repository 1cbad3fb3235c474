// Filters as callers hold them, real or complex, and the part of one that is drawn.

import { checkArgument, numbers, text, type TensorLike } from './rules.ts'
import { FigureError } from './errors.ts'
import { checkFinite, checkShape, cropped, centred, numbersOf } from './picture.ts'
import type { Plane } from './picture.ts'

/** A filter of shape [height, width], or a tensor of that shape. */
export type Filter = FilterNumbers | TensorLike

/** The numbers of a filter. */
export interface FilterNumbers {
  /** Real numbers, height·width of them; or complex ones interleaved (real, imaginary, real, …), twice as many. */
  readonly data: ArrayLike<number>
  readonly shape: readonly number[]
  /** The imaginary parts where `data` holds just the real ones. */
  readonly imaginary?: ArrayLike<number>
  readonly caption?: string
}

/** Which real number stands for a complex one. */
export type FilterPart = 'real' | 'imaginary' | 'modulus'

const parts: Record<FilterPart, (re: number, im: number) => number> = {
  real: (re) => re,
  imaginary: (_, im) => im,
  modulus: (re, im) => Math.hypot(re, im),
}

/** How filters are cut and turned before they are drawn. */
export interface FilterView {
  readonly part: FilterPart
  readonly origin: 'centre' | 'corner'
  readonly crop: number
}

/** The `part` of a filter as a picture; throws {@link FigureError} `SHAPE_MISMATCH`, `NON_FINITE` or ValueError. */
export const filterPlane = (option: string, filter: Filter, { part, origin, crop }: FilterView): Plane => {
  const { data, shape } = numbersOf(option, filter)
  const imaginary = 'imaginary' in filter ? filter.imaginary : undefined
  if (imaginary !== undefined) checkArgument(`${option}: imaginary`, imaginary, numbers)
  if (shape.length !== 2) {
    throw new FigureError('SHAPE_MISMATCH', `${option}: shape [${shape.join(', ')}] is no filter: give [height, width]`)
  }
  const [height, width] = shape as readonly [number, number]
  const count = height * width
  const interleaved = imaginary === undefined && data.length === 2 * count
  checkShape(option, interleaved ? count : data.length, shape)
  if (imaginary !== undefined) checkShape(`${option}: imaginary`, imaginary.length, shape)
  const pick = parts[part]
  const values = Float64Array.from({ length: count }, (_, i) =>
    interleaved ? pick(data[2 * i]!, data[2 * i + 1]!) : pick(data[i]!, imaginary?.[i] ?? 0),
  )
  checkFinite(option, values)
  const plane: Plane = { data: values, height, width, channels: 1, bytes: false }
  return cropped(origin === 'corner' ? centred(plane) : plane, crop)
}

/** The text under a filter; a tensor has none. Throws ValueError for what is no text. */
export const captionOf = (filter: Filter): string | undefined => {
  const caption = 'caption' in filter ? filter.caption : undefined
  if (caption !== undefined) checkArgument('caption', caption, text)
  return caption
}
