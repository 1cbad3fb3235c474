// One axis of a plot: its domain from the data, its ticks and their labels. It does not know what is drawn along it.

import { checkOptions } from '@scatterlab/tensor'
import { axisRules } from './rules.ts'
import { FigureError } from './errors.ts'
import { checkLimits } from './range.ts'
import type { Limits } from './range.ts'
import { formatNumber, linearTicks, logTicks } from './ticks.ts'

/** An axis as the caller describes it. */
export interface AxisOptions {
  /** What stands along the axis, with its unit; default: nothing. */
  readonly label?: string
  /** `log` wants values above 0; default `linear`. */
  readonly scale?: 'linear' | 'log'
  /** Where the ticks stand; default: round numbers. */
  readonly ticks?: ArrayLike<number>
  /** The values at the two ends; default: the data with a little air, from 0 where that is near. */
  readonly domain?: Limits
  /** How a number is written at its tick; default: 1,000, 0.05, 2×10⁻⁵. */
  readonly format?: (value: number) => string
}

/** An axis ready to be drawn. */
export interface Axis {
  readonly label: string
  readonly scale: 'linear' | 'log'
  readonly domain: Limits
  readonly ticks: readonly number[]
  readonly tickLabels: readonly string[]
}

const air = 0.04

const logDomain = ([low, high]: Limits): Limits => {
  const factor = high > low ? (high / low) ** air : 2
  return [low / factor, high * factor]
}

const linearDomain = ([low, high]: Limits, fromZero: boolean): Limits => {
  const span = high - low || Math.abs(high) || 1
  const toZero = fromZero && low >= 0 && low <= 0.5 * high
  return [toZero ? 0 : low - air * span, high + air * span]
}

/**
 * The axis `name` for data between `extent`'s two values; `fromZero` lets a linear one start at 0. Throws
 * {@link FigureError} `LOG_DOMAIN` for a logarithm of what is not above 0, ValueError for a bad scale or domain.
 */
export const axisOf = (
  name: 'x' | 'y',
  options: AxisOptions,
  extent: Limits,
  fromZero: boolean,
  ticks: number,
): Axis => {
  const { label = '', scale = 'linear', format = formatNumber } = checkOptions<AxisOptions>(name, options, axisRules)
  const given = options.domain === undefined ? undefined : checkLimits(`${name}.domain`, options.domain)
  const low = Math.min(extent[0], given?.[0] ?? Infinity)
  if (scale === 'log' && low <= 0) {
    throw new FigureError(
      'LOG_DOMAIN',
      `${name} reaches ${low} on a logarithmic axis: drop values that are not above 0, or use scale 'linear'`,
    )
  }
  const domain = given ?? (scale === 'log' ? logDomain(extent) : linearDomain(extent, fromZero))
  const chosen =
    options.ticks === undefined ? (scale === 'log' ? logTicks : linearTicks)(domain, ticks) : Array.from(options.ticks)
  const inside = chosen.filter((tick) => tick >= domain[0] && tick <= domain[1])
  return { label, scale, domain, ticks: inside, tickLabels: inside.map(format) }
}
