// Which values a colour map's ends stand for: shared by all pictures, one's own, or given.

import { ValueError } from '@scatterlab/tensor'
import type { Plane } from './picture.ts'

/** The values that become the first and the last colour. */
export type Limits = readonly [low: number, high: number]

/** `shared`: the extremes over all pictures. `each`: every picture's own. Or the two values themselves. */
export type Range = 'shared' | 'each' | Limits

/** The least and the greatest of `data`; with `signed` the same distance from 0 on both sides. */
export const limitsOf = (data: ArrayLike<number>, signed: boolean): Limits => {
  let low = Infinity
  let high = -Infinity
  for (let i = 0; i < data.length; i++) {
    if (data[i]! < low) low = data[i]!
    if (data[i]! > high) high = data[i]!
  }
  const reach = Math.max(-low, high)
  return signed ? [-reach, reach] : [low, high]
}

/** Throws ValueError unless `limits` are two finite values in rising order; gives them back. */
export const checkLimits = (option: string, limits: Limits): Limits => {
  const [low, high] = limits
  if (!(Number.isFinite(low) && Number.isFinite(high) && low < high)) {
    throw new ValueError(`${option} is [${low}, ${high}]: give two finite numbers, the smaller first`)
  }
  return limits
}

/** One pair of limits a picture, by the rule `range`; `signed` puts 0 in the middle. */
export const resolveRange = (range: Range, planes: readonly Plane[], signed: boolean): readonly Limits[] => {
  if (range === 'each') return planes.map(({ data }) => limitsOf(data, signed))
  if (range === 'shared') {
    const own = planes.map(({ data }) => limitsOf(data, signed))
    const shared: Limits = [Math.min(...own.map(([low]) => low)), Math.max(...own.map(([, high]) => high))]
    return planes.map(() => shared)
  }
  if (typeof range === 'string') {
    throw new ValueError(`range is '${range}': use 'shared', 'each' or [low, high]`)
  }
  const limits = checkLimits('range', range)
  return planes.map(() => limits)
}
