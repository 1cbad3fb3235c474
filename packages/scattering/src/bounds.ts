// Numbers that stay between bounds, as a smooth function of numbers that are free.
import { type Tensor, ValueError, checkOptions, finite, pointwise } from '@scatterlab/tensor'

/** What numbers stay between, ends left out where there is none. */
export interface Bounds {
  /** No number is smaller. */
  readonly least?: number
  /** No number is larger. */
  readonly most?: number
}

/** From free numbers to bounded ones, and back: numbers at or beyond a bound become such as lie just inside. */
export interface Bounded {
  readonly from: (z: Tensor) => Tensor
  readonly to: (x: number) => number
}

/** Distance from a bound, as a share of the interval or of the number, that a start keeps. */
const INSIDE = 1e-3

const between = pointwise('between', (z, least, width) => z.sigmoid().times(width).plus(least))
// log(1 + eᶻ), in a form that does not overflow
const above = pointwise('above', (z, least) => z.max(0).plus(z.abs().times(-1).exp().plus(1).log()).plus(least))
const below = pointwise('below', (z, most) => z.max(0).plus(z.abs().times(-1).exp().plus(1).log()).times(-1).plus(most))

/** x = least + (most − least)·σ(z) between two bounds, ± softplus(z) beside one. Throws `ValueError` unless least < most. */
export function boundedBy(given: Bounds | undefined): Bounded {
  const { least, most } = checkOptions('bounds', given, { least: finite, most: finite })
  if (least !== undefined && most !== undefined) {
    if (!(least < most)) throw new ValueError(`bounds are ${least} and ${most}: give least < most`)
    const width = most - least
    return {
      from: (z) => between(z, least, width),
      to: (x) => {
        const share = Math.min(1 - INSIDE, Math.max(INSIDE, (x - least) / width))
        return Math.log(share / (1 - share))
      },
    }
  }
  const free = (distance: number): number => {
    const d = Math.max(INSIDE, distance)
    return d > 30 ? d : Math.log(Math.expm1(d))
  }
  if (least !== undefined) return { from: (z) => above(z, least), to: (x) => free(x - least) }
  if (most !== undefined) return { from: (z) => below(z, most), to: (x) => free(most - x) }
  return { from: (z) => z, to: (x) => x }
}
