// Concepts, found by measurement: of many drawn digits of a class, those that lean, have ink, or are wide the most and the least.
import { type Points, digitMoments, latentPoints, latentSum } from '@scatterlab/gan'
import { type Amounts, POOL, SHARE, concepts, type ConceptName } from './names.ts'
import { type DigitGenerator, type Digits, SIDE } from './generator.ts'
import { joined } from './walk.ts'

/** Means over the digits that have the most of something, or the least. */
export interface Mean {
  /** Of their z. */
  readonly z: Points
  /** Of their pixels. */
  readonly pixels: Float32Array
}

export interface Concept {
  readonly name: ConceptName
  readonly most: Mean
  readonly least: Mean
}

/** Draws `POOL` digits of a class, measures them, and takes the means. */
export async function conceptsOf(generator: DigitGenerator, label: number): Promise<readonly Concept[]> {
  const points = latentPoints(generator.gan, POOL, `concepts/${label}`)
  const digits = await generator.draw(points, label)
  const moments = digitMoments(digits)
  const count = Math.round(SHARE * POOL)
  const meanOf = (rows: readonly number[]): Mean => {
    const weights = new Float64Array(POOL)
    for (const row of rows) weights[row] = 1 / rows.length
    return { z: latentSum(points, weights), pixels: meanPixels(digits, rows) }
  }
  return concepts.map(({ name }) => {
    const order = Array.from(moments[name].keys()).toSorted((a, b) => moments[name][a] - moments[name][b])
    return { name, least: meanOf(order.slice(0, count)), most: meanOf(order.slice(-count)) }
  })
}

function meanPixels({ data }: Digits, rows: readonly number[]): Float32Array {
  const mean = new Float32Array(SIDE * SIDE)
  for (const row of rows) mean.forEach((v, i) => (mean[i] = v + data[row * SIDE * SIDE + i] / rows.length))
  return mean
}

/** z + Σ amount · (mean z of the most − mean z of the least). */
export function added(point: Points, found: readonly Concept[], amounts: Amounts): Points {
  const weights = [1, ...found.flatMap(({ name }) => [amounts[name], -amounts[name]])]
  return latentSum(joined([point, ...found.flatMap(({ most, least }) => [most.z, least.z])]), weights)
}

/** The same sum of pixels, held between −1 and 1. */
export function addedPixels(digit: ArrayLike<number>, found: readonly Concept[], amounts: Amounts): Float32Array {
  return Float32Array.from(digit, (v, i) => {
    const sum = found.reduce(
      (all, { name, most, least }) => all + amounts[name] * (most.pixels[i] - least.pixels[i]),
      v,
    )
    return Math.max(-1, Math.min(1, sum))
  })
}

/** What is measured of each digit. */
export function measured(digits: Digits): readonly Amounts[] {
  const { slant, ink, width } = digitMoments(digits)
  return Array.from(slant, (_, i) => ({ slant: slant[i], ink: ink[i], width: width[i] }))
}
