// Gradients of scattering, J(x)ᵀ g: how many transforms one costs.
import { scattering2d } from '@scatterlab/scattering'
import { type Group, noise } from './context.ts'

/** A round of a case takes this long at least. */
const ROUND_MS = 60

const cases = [
  { side: 28, scales: 2, batches: [1, 8, 128] },
  { side: 32, scales: 2, batches: [1, 8, 128] },
  { side: 32, scales: 3, batches: [128] },
  { side: 64, scales: 3, batches: [1, 8, 128] },
  { side: 128, scales: 4, batches: [1, 8, 128] },
  { side: 256, scales: 5, batches: [1, 8] },
  // padded to 136 = 8·17 and 112 = 16·7
  { side: 128, scales: 2, batches: [1, 8] },
  { side: 100, scales: 3, batches: [1, 8] },
]

/** The least time of a gradient as a multiple of a transform's, taken in turn: of the processor, or of the clock where threads wait. */
export const gradient: Group = async function* ({ backend, threads }) {
  const now = (): number => {
    const { user, system } = process.cpuUsage()
    return threads > 1 ? performance.now() : (user + system) / 1000
  }
  for (const { side, scales, batches } of cases) {
    for (const batch of batches) {
      const { transform, gradient: backwards, dispose } = scattering2d({ shape: [side, side], scales, backend })
      const x = { data: noise(batch * side * side), shape: [batch, side, side] }
      const g = transform(x)
      const timed = (work: () => void) => (): number => {
        const before = now()
        work()
        return now() - before
      }
      const [forth, back] = [timed(() => transform(x)), timed(() => backwards(x, g))]
      back()
      let [leastForth, leastBack] = [Infinity, Infinity]
      yield {
        group: 'gradient',
        name: `gradient J=${scales} L=8 ${side}x${side} batch ${batch}`,
        unit: 'transforms',
        sample: () => {
          const start = performance.now()
          do {
            leastForth = Math.min(leastForth, forth())
            leastBack = Math.min(leastBack, back())
          } while (performance.now() - start < ROUND_MS)
          return leastBack / leastForth
        },
        close: dispose,
      }
    }
  }
}
