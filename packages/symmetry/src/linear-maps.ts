// Linear maps of the plane about its centre: rotations, scalings, shears, and any matrix. g.x(u) = x(g⁻¹u), so that acting with
// A and then with B is acting with BA, up to interpolation.
import {
  type ArrayInput,
  type Rules,
  type ShapedArray,
  ValueError,
  checkArgument,
  checkOptions,
  oneOf,
  shown,
} from '@scatterlab/tensor'
import { type Dimensions, type PerPlane, type Planes, perPlane, planesOf } from './planes.ts'
import { type Positions, type WarpOptions, positions, warp, warpRules } from './warp.ts'

/** A 2×2 matrix on (row, column), rows first: [a, b, c, d] takes (r, c) to (a·r + b·c, c·r + d·c). */
export type Matrix = readonly [number, number, number, number]

/** What `scale` acts on. */
export interface ScaleOptions extends WarpOptions {
  /** 2: images [..., height, width]; 1: signals [..., length]. Default 2. */
  readonly dimensions?: Dimensions
}

const scaleRules: Rules<ScaleOptions> = { ...warpRules, dimensions: oneOf(1, 2) }

/**
 * R_α x(u) = x(R_−α u): images [..., height, width] turned about their centre by `angle` radians, counter-clockwise as one sees
 * them; one angle for all, or one an image. A wave of direction θ, counted from the row axis to the column axis as in
 * `@scatterlab/wavelets`, then has direction θ + α. Quarter turns of square images move pixels and round nothing.
 */
export function rotate(images: ArrayInput, angle: PerPlane, options?: WarpOptions): ShapedArray {
  const given = checkOptions('rotate', options, warpRules)
  const planes = planesOf('images', images, 2)
  return pulledBack(planes, perPlane('rotate: angle', angle, planes.count), inverseRotation, given)
}

/**
 * x(u/s): enlarged about the centre by `factor` s > 1, made smaller by s < 1 (details finer than 1/s pixels then alias: they are not
 * averaged). Images, or signals with `dimensions: 1`; one factor for all, or one each.
 */
export function scale(x: ArrayInput, factor: PerPlane, options?: ScaleOptions): ShapedArray {
  const { dimensions = 2, ...given } = checkOptions('scale', options, scaleRules)
  const planes = planesOf(dimensions === 2 ? 'images' : 'signals', x, dimensions)
  const factors = perPlane('scale: factor', factor, planes.count)
  for (let i = 0; i < planes.count; i++) {
    if (!(factors(i) > 1e-6 && factors(i) < 1e6))
      throw new ValueError(`scale: factor ${factors(i)}: give a number between 10⁻⁶ and 10⁶`)
  }
  const inverse = (s: number): Matrix => [dimensions === 2 ? 1 / s : 1, 0, 0, 1 / s]
  return pulledBack(planes, factors, inverse, given)
}

/**
 * Columns moved along with their row: the pixel at (r, c) from the centre goes to (r, c + amount·r). One amount for all images, or one
 * each.
 */
export function shear(images: ArrayInput, amount: PerPlane, options?: WarpOptions): ShapedArray {
  const given = checkOptions('shear', options, warpRules)
  const planes = planesOf('images', images, 2)
  return pulledBack(planes, perPlane('shear: amount', amount, planes.count), (k) => [1, 0, -k, 1], given)
}

/** x(A⁻¹u), u from the centre, for a matrix A. Throws `ValueError` where it has no inverse. */
export function linearMap(images: ArrayInput, matrix: Matrix, options?: WarpOptions): ShapedArray {
  const given = checkOptions('linearMap', options, warpRules)
  checkArgument('linearMap: matrix', matrix, aMatrix)
  const planes = planesOf('images', images, 2)
  const inverse = inverseOf(matrix)
  return pulledBack(
    planes,
    () => 0,
    () => inverse,
    given,
  )
}

const aMatrix = (value: unknown): string | undefined =>
  Array.isArray(value) && value.length === 4 && value.every(Number.isFinite)
    ? undefined
    : 'four finite numbers [a, b, c, d]'

function inverseOf(matrix: Matrix): Matrix {
  const [a, b, c, d] = matrix
  const determinant = a * d - b * c
  if (Math.abs(determinant) < 1e-12 * Math.max(...matrix.map(Math.abs)) ** 2 || determinant === 0)
    throw new ValueError(`linearMap: matrix ${shown(matrix)} has no inverse`)
  return [d / determinant, -b / determinant, -c / determinant, a / determinant]
}

/** Quarter turns have cosines and sines of 0 and ±1 exactly. */
function inverseRotation(angle: number): Matrix {
  const quarters = angle / (Math.PI / 2)
  const whole = Math.round(quarters)
  if (Math.abs(quarters - whole) < 1e-14 * Math.max(1, Math.abs(whole))) {
    const [cosine, sine] = [
      [1, 0],
      [0, 1],
      [-1, 0],
      [0, -1],
    ][((whole % 4) + 4) % 4]
    return [cosine, sine, -sine, cosine]
  }
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)]
  return [cosine, sine, -sine, cosine]
}

function pulledBack(
  planes: Planes,
  parameterOf: (plane: number) => number,
  inverse: (parameter: number) => Matrix,
  options: WarpOptions,
): ShapedArray {
  let [last, found]: [number, Positions | undefined] = [NaN, undefined]
  const positionsOf = (plane: number): Positions => {
    const parameter = parameterOf(plane)
    if (found === undefined || parameter !== last) [last, found] = [parameter, placed(planes, inverse(parameter))]
    return found
  }
  return warp(planes, positionsOf, options)
}

/** A⁻¹(u − centre) + centre. */
function placed({ size }: Planes, [a, b, c, d]: Matrix): Positions {
  const [y0, x0] = [(size[0] - 1) / 2, (size[1] - 1) / 2]
  return positions(size, (row, column) => {
    const [y, x] = [row - y0, column - x0]
    return [a * y + b * x + y0, c * y + d * x + x0]
  })
}
