// A random smooth displacement field of few frequencies, 0 at the edges: the deformation model of Petrini, Favero, Geiger and Wyart,
// "Relative stability toward diffeomorphisms indicates performance in deep nets" (2021).
import {
  type Random,
  type Rule,
  type Rules,
  type ShapedArray,
  ValueError,
  aRandom,
  aSeed,
  checkArgument,
  checkOptions,
  notNegative,
  positive,
  random,
  wholeNumber,
} from '@scatterlab/tensor'
import { type Strength, largestSingularValue } from './displacement.ts'

/** What a random field is like. */
export interface RandomDisplacementOptions {
  /** [height, width] of the images, or [length] of the signals. */
  readonly shape: readonly [height: number, width: number] | readonly [length: number]
  /** Highest frequency c, in half periods across the image. Default 3. */
  readonly cutoff?: number
  /** T: displacements grow with √T. Give it or `gradient`. */
  readonly temperature?: number
  /** ‖∇τ‖∞ wished, met exactly at the pixels. */
  readonly gradient?: number
  /** Where random numbers begin; or `random`, a stream that is drawn on. Default 0. */
  readonly seed?: number | string
  /** A stream in the place of `seed`: the next field takes its next numbers. */
  readonly random?: Random
}

/** A random field, Float64Array [2, height, width] or [length], and its strength by its derivatives in closed form, at the pixels. */
export interface RandomDisplacement extends ShapedArray<Float64Array, number[]> {
  /** ‖τ‖∞ in pixels, and ‖∇τ‖∞. */
  readonly strength: Strength
}

const aSize: Rule = (value) =>
  Array.isArray(value) && (value.length === 1 || value.length === 2) && value.every((n) => !wholeNumber(2, 2 ** 24)(n))
    ? undefined
    : '[height, width] or [length], whole numbers, each 2 to 2^24'

const rules: Rules<RandomDisplacementOptions> = {
  shape: aSize,
  cutoff: wholeNumber(1, 1000),
  temperature: notNegative,
  gradient: notNegative,
  seed: aSeed,
  random: aRandom,
}

/**
 * τ(u, v) = √T Σ_{i² + j² ≤ (c + ½)²} C_ij/√(i² + j²) sin(iπu) sin(jπv) for each of the two directions, C_ij ~ N(0, 1), u and v
 * from 0 to 1 across the image; of signals √T Σ_{i ≤ c} C_i/i sin(iπu). The same numbers for the same seed. Throws `ValueError` unless
 * one of `temperature` and `gradient` is given.
 */
export function randomDisplacement(options: RandomDisplacementOptions): RandomDisplacement {
  const given = checkOptions('randomDisplacement', options, rules, ['shape'])
  const { shape, cutoff = 3, temperature, gradient, seed = 0, random: stream = random(seed) } = given
  if ((temperature === undefined) === (gradient === undefined))
    throw new ValueError('randomDisplacement: give one of temperature (T) and gradient (‖∇τ‖∞)')
  const [data, slopes] = shape.length === 1 ? ofSignal(shape[0], cutoff, stream) : ofImage(shape, cutoff, stream)
  const own = strength(data, slopes)
  const wanted = gradient === undefined ? Math.sqrt(temperature!) : own.gradient === 0 ? 0 : gradient / own.gradient
  return {
    data: data.map((value) => value * wanted),
    shape: shape.length === 1 ? [...shape] : [2, ...shape],
    strength: { displacement: own.displacement * wanted, gradient: own.gradient * wanted },
  }
}

/**
 * The temperatures T at which fields of a size and a cutoff c are worth using: from a typical displacement √T(0.28 ln c + 0.7) of half
 * a pixel to √T = 0.4·n·c^−1.1, beyond which many fields fold the image over.
 */
export function usableTemperatures(length: number, cutoff: number): readonly [low: number, high: number] {
  checkArgument('usableTemperatures: length', length, wholeNumber(2, 2 ** 24))
  checkArgument('usableTemperatures: cutoff', cutoff, (value) => positive(value) ?? wholeNumber(1, 1000)(value))
  return [(0.5 / (0.28 * Math.log(cutoff) + 0.7)) ** 2, (0.4 * length * cutoff ** -1.1) ** 2]
}

/** sin(iπu) and its derivative by pixels, i = 1 … c: [c][n]. */
function waves(n: number, c: number): readonly [sines: Float64Array[], slopes: Float64Array[]] {
  const orders = Array.from({ length: c }, (_, k) => ((k + 1) * Math.PI) / (n - 1))
  return [
    orders.map((omega) => Float64Array.from({ length: n }, (_, u) => Math.sin(omega * u))),
    orders.map((omega) => Float64Array.from({ length: n }, (_, u) => omega * Math.cos(omega * u))),
  ]
}

type Slopes = readonly Float64Array[]

function ofSignal(n: number, c: number, stream: Random): readonly [Float64Array, Slopes] {
  const [sines, slopes] = waves(n, c)
  const [data, slope] = [new Float64Array(n), new Float64Array(n)]
  for (let i = 1; i <= c; i++) {
    const weight = stream.normal() / i
    for (let u = 0; u < n; u++) {
      data[u] += weight * sines[i - 1][u]
      slope[u] += weight * slopes[i - 1][u]
    }
  }
  return [data, [slope]]
}

function ofImage(
  [height, width]: readonly [number, number],
  c: number,
  stream: Random,
): readonly [Float64Array, Slopes] {
  const [sinesY, slopesY] = waves(height, c)
  const [sinesX, slopesX] = waves(width, c)
  const length = height * width
  const data = new Float64Array(2 * length)
  const slopes = Array.from({ length: 4 }, () => new Float64Array(length))
  for (const direction of [0, 1]) {
    const own = data.subarray(direction * length, (direction + 1) * length)
    for (let i = 1; i <= c; i++) {
      const along = new Float64Array(width)
      const slope = new Float64Array(width)
      for (let j = 1; j <= c; j++) {
        if (i * i + j * j > (c + 0.5) ** 2) continue
        const weight = stream.normal() / Math.hypot(i, j)
        for (let v = 0; v < width; v++) {
          along[v] += weight * sinesX[j - 1][v]
          slope[v] += weight * slopesX[j - 1][v]
        }
      }
      for (let u = 0, at = 0; u < height; u++) {
        for (let v = 0; v < width; v++, at++) {
          own[at] += sinesY[i - 1][u] * along[v]
          slopes[2 * direction][at] += slopesY[i - 1][u] * along[v]
          slopes[2 * direction + 1][at] += sinesY[i - 1][u] * slope[v]
        }
      }
    }
  }
  return [data, slopes]
}

function strength(data: Float64Array, slopes: Slopes): Strength {
  const length = slopes[0].length
  let [displacement, gradient] = [0, 0]
  for (let at = 0; at < length; at++) {
    const across = slopes.length === 1 ? 0 : data[length + at]
    displacement = Math.max(displacement, Math.hypot(data[at], across))
    const here =
      slopes.length === 1
        ? Math.abs(slopes[0][at])
        : largestSingularValue(slopes[0][at], slopes[1][at], slopes[2][at], slopes[3][at])
    gradient = Math.max(gradient, here)
  }
  return { displacement, gradient }
}
