// Steps that may follow a scattering transform: logarithms, and coefficients relative to those of the order before.
import {
  type ArrayInput,
  type RealArray,
  type Rules,
  type ShapedArray,
  ShapeError,
  ValueError,
  asTensor,
  checkOptions,
  formatShape,
  isComplex,
  numberFrom,
  realArray,
  shown,
} from '@scatterlab/tensor'
import type { AnyPath } from './paths.ts'

/** What keeps a logarithm or a quotient of small coefficients in bounds. */
export interface FloorOptions {
  /** ε, above 0: added to each coefficient, or to what is divided by. Default 2^−20. */
  readonly floor?: number
}

const rules: Rules<FloorOptions> = { floor: numberFrom(Number.MIN_VALUE, Number.MAX_VALUE) }
const DEFAULT_FLOOR = 2 ** -20

/**
 * log(S + ε) of each coefficient (Andén & Mallat 2014, section 6). Throws `ValueError` for a coefficient of −ε or less: those of order 0
 * may be negative, so leave them out first.
 */
export function logarithm(S: ArrayInput, options: FloorOptions = {}): ShapedArray {
  const { floor = DEFAULT_FLOOR } = checkOptions('logarithm', options, rules)
  const { data, shape } = numbersOf(S)
  return {
    shape,
    data: data.map((v: number) => {
      if (v + floor > 0) return Math.log(v + floor)
      throw new ValueError(`a coefficient is ${v}: leave the paths of order 0 out, or raise \`floor\` above ${-v}`)
    }),
  }
}

/**
 * S[λ1, …, λm] / (S[λ1, …, λm−1] + ε) for orders from 2 on, at each place (Andén & Mallat 2014, equation 36: what is left of order 2 is
 * invariant to the gain of each frequency band); orders 0 and 1 as they are. S is [..., paths, places] with `paths` of its transform.
 */
export function relativeToParent(S: ArrayInput, paths: readonly AnyPath[], options: FloorOptions = {}): ShapedArray {
  const { floor = DEFAULT_FLOOR } = checkOptions('relativeToParent', options, rules)
  checkPaths(paths)
  const { data, shape } = numbersOf(S)
  const axis = shape.lastIndexOf(paths.length)
  if (axis < 0)
    throw new ShapeError(`the coefficients ${formatShape(shape)} have no axis of ${paths.length} paths: give their own`)
  const places = shape.slice(axis + 1).reduce((product, n) => product * n, 1)
  const relative = data.slice()
  for (let at = 0; at < data.length; at += paths.length * places) {
    for (const { index, order, parent } of paths) {
      if (order < 2) continue
      for (let k = 0; k < places; k++) relative[at + index * places + k] /= data[at + parent * places + k] + floor
    }
  }
  return { data: relative, shape }
}

function checkPaths(paths: readonly AnyPath[]): void {
  const isPath = (path: AnyPath | undefined, i: number): boolean =>
    path?.index === i && Number.isInteger(path.order) && Number.isInteger(path.parent) && path.parent < i
  if (!Array.isArray(paths) || paths.length === 0 || !paths.every(isPath))
    throw new ValueError(`paths are ${shown(paths)}: give the \`paths\` of the transform`)
}

/** The numbers of real coefficients, side by side. */
function numbersOf(S: ArrayInput): { data: RealArray; shape: readonly number[] } {
  const given = asTensor(S, 'coefficients')
  if (isComplex(given.dtype)) throw new ValueError(`coefficients are ${given.dtype}: give real ones`)
  const numbers = given.toTypedArray()
  const data = realArray(given.dtype === 'float32' ? 'float32' : 'float64', numbers.length)
  data.set(numbers)
  return { data, shape: given.shape }
}
