// Where an axis has its ticks and how a number is written beside one.

import type { Limits } from './range.ts'

const superscript = (exponent: number): string =>
  String(exponent).replace(/./g, (digit) => (digit === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]!))

/** `value` as on an axis: 1,000 with commas, 2×10⁻⁵ below 0.001 and from a million on, at most 6 digits. */
export const formatNumber = (value: number): string => {
  if (value === 0) return '0'
  const sign = value < 0 ? '−' : ''
  const size = Math.abs(value)
  if (size >= 0.00099999 && size < 999_999.5) {
    const [whole, fraction] = String(Number(size.toPrecision(6))).split('.')
    return sign + whole!.replace(/\B(?=(\d{3})+$)/g, ',') + (fraction === undefined ? '' : `.${fraction}`)
  }
  const [mantissa, exponent] = size.toExponential(2).split('e')
  const factor = Number(mantissa)
  return `${sign}${factor === 1 ? '' : `${factor}×`}10${superscript(Number(exponent))}`
}

/** The multiples of 1, 2 or 5 times a power of ten in [low, high], about `count` of them. */
export const linearTicks = ([low, high]: Limits, count: number): readonly number[] => {
  const rough = (high - low) / count
  const exponent = Math.floor(Math.log10(rough))
  const mantissa = rough / 10 ** exponent
  const factor = mantissa < 1.5 ? 1 : mantissa < 3.5 ? 2 : mantissa < 7.5 ? 5 : 10
  // below 1 the step is 1/unit: dividing by a whole number keeps 0.3 from becoming 0.30000000000000004
  const unit = 10 ** Math.max(0, -exponent)
  const step = factor * 10 ** Math.max(0, exponent)
  const slack = 1e-9
  const first = Math.ceil((low * unit) / step - slack)
  const last = Math.floor((high * unit) / step + slack)
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => ((first + i) * step) / unit)
}

/** Ticks of a logarithmic axis: 1, 2, 5 in every decade, else 1, 3, else the decades, so that at most `count` stand. */
export const logTicks = (limits: Limits, count: number): readonly number[] => {
  const [low, high] = limits
  const first = Math.floor(Math.log10(low))
  const decades = Array.from({ length: Math.ceil(Math.log10(high)) - first + 1 }, (_, i) => first + i)
  const slack = 1 + 1e-9
  for (const factors of [[1, 2, 5], [1, 3], [1]]) {
    const ticks = decades
      .flatMap((decade) => factors.map((factor) => (decade < 0 ? factor / 10 ** -decade : factor * 10 ** decade)))
      .filter((tick) => tick * slack >= low && tick <= high * slack)
    if (ticks.length <= count) return ticks.length >= 3 ? ticks : linearTicks(limits, 5).filter((tick) => tick > 0)
  }
  const every = Math.ceil(decades.length / count)
  return decades
    .filter((_, i) => i % every === 0)
    .map((decade) => Number(`1e${decade}`))
    .filter((tick) => tick * slack >= low && tick <= high * slack)
}
