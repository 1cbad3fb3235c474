// Scattering at every padded size of square images of 16 to 640 pixels: what a pixel costs there, beside what it costs at the
// nearest sizes that have no factor but 2, 3 and 5.
import { scattering2d } from '@scatterlab/scattering'
import type { Backend } from '@scatterlab/tensor'
import { type Group, noise } from './context.ts'

/** A round of a case takes this long at least. */
const ROUND_MS = 40
/** Images that are transformed at a time. */
const IMAGES = 4
/** Sides of the images. */
const [SHORTEST, LONGEST] = [16, 640]

/** One size, ready to be timed. */
interface Timed {
  /** Processor nanoseconds for a padded pixel, of one transform. */
  readonly cost: () => number
  readonly dispose: () => void
}

/**
 * A case for each padded side of J = 1 … 4 that has a prime factor above 5: the least processor time of some transforms (two
 * orientations, two orders), as a multiple of the neighbours'.
 */
export const sizes: Group = async function* ({ backend, threads }) {
  if (threads > 1) return
  for (const scales of [1, 2, 3, 4]) {
    for (const side of paddedSides(scales)) {
      if (isSmooth(side)) continue
      const step = 2 ** scales
      let [below, above] = [side, side]
      while (!isSmooth(below)) below -= step
      while (!isSmooth(above)) above += step
      const own = timed(side, scales, backend)
      const others = [below, above].filter((other) => other > 2 * step).map((other) => timed(other, scales, backend))
      let [least, leastOfOthers] = [Infinity, others.map(() => Infinity)]
      yield {
        group: 'sizes',
        name: `scattering J=${scales} padded to ${side}x${side} = (${primeFactors(side).join('·')})², beside ${below} and ${above}`,
        unit: 'x the cost of a pixel',
        sample: () => {
          const start = performance.now()
          while (performance.now() - start < ROUND_MS) {
            least = Math.min(least, own.cost())
            leastOfOthers = others.map((other, i) => Math.min(leastOfOthers[i], other.cost()))
          }
          return (least * others.length) / leastOfOthers.reduce((sum, cost) => sum + cost, 0)
        },
        close: () => {
          for (const one of [own, ...others]) one.dispose()
        },
      }
    }
  }
}

/** The padded sides of images of 16 … 640 pixels: (⌊n/2^J⌋ + 2)·2^J. */
function paddedSides(scales: number): number[] {
  const step = 2 ** scales
  const [first, last] = [SHORTEST, LONGEST].map((n) => Math.floor(n / step) + 2)
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step)
}

function timed(padded: number, scales: number, backend: Backend): Timed {
  const side = padded - 2 * 2 ** scales
  const transform = scattering2d({ shape: [side, side], scales, orientations: 2, backend })
  const images = { data: noise(IMAGES * side * side), shape: [IMAGES, side, side] }
  return {
    cost: () => {
      const before = process.cpuUsage()
      transform.transform(images)
      const { user, system } = process.cpuUsage(before)
      return (1000 * (user + system)) / (IMAGES * padded ** 2)
    },
    dispose: () => transform.dispose(),
  }
}

const isSmooth = (n: number): boolean => primeFactors(n).every((p) => p <= 5)

function primeFactors(n: number): number[] {
  const factors: number[] = []
  let rest = n
  for (let p = 2; rest > 1; p++) {
    for (; rest % p === 0; rest /= p) factors.push(p)
  }
  return factors
}
