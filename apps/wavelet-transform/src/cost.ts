// What the two ways cost, against the number of pixels N: by Fourier transforms of N points for every wavelet, and by the cascade.
import { type Backend, scope, tensor } from '@scatterlab/tensor'
import { filterBank2d, morletPyramid, waveletTransform } from '@scatterlab/wavelets'

/** Milliseconds of each way, the fastest of a few. */
export interface Cost {
  readonly side: number
  readonly bank: number
  readonly cascade: number
}

/** Both ways on a picture of noise of side×side pixels. */
export function costAt(side: number, scales: number, orientations: number, runs: number, backend: Backend): Cost {
  const data = Float32Array.from({ length: side * side }, (_, i) => Math.sin(i * i))
  const W = waveletTransform(filterBank2d({ shape: [side, side], scales, orientations, convention: 'exact' }))
  const pyramid = morletPyramid({ shape: [side, side], scales, orientations, edges: 'periodic' })
  const fastest = (run: () => unknown): number => {
    scope(run)
    const times = Array.from({ length: runs }, () => {
      const start = performance.now()
      scope(() => void run())
      return performance.now() - start
    })
    return Math.min(...times)
  }
  const x = tensor(data, [side, side], { backend })
  const cost = { side, bank: fastest(() => W.forward(x)), cascade: fastest(() => pyramid.analyse(x)) }
  backend.release(x.buffer)
  return cost
}

/** Real multiplications: 2N log₂ N a complex transform of N points, 2N a filter in Fourier, 49 a pixel for each 7×7 filter, real part and imaginary. */
export function multiplications(side: number, scales: number, orientations: number): { bank: number; cascade: number } {
  const N = side * side
  const transform = 2 * N * Math.log2(N)
  const bank = transform * (2 + scales * orientations) + 2 * N * (1 + scales * orientations)
  let cascade = 0
  for (let j = 0; j < scales; j++) cascade += (N / 4 ** j) * 49 * 2 * orientations + (N / 4 ** (j + 1)) * 49
  return { bank, cascade }
}

/** The exponent p of cost ∝ N^p, by least squares on logarithms. */
export function exponent(costs: readonly Cost[], way: 'bank' | 'cascade'): number {
  const points = costs.map((cost) => [Math.log(cost.side ** 2), Math.log(cost[way])])
  const [mx, my] = [0, 1].map((i) => points.reduce((sum, p) => sum + p[i], 0) / points.length)
  const [sxy, sxx] = points.reduce(([a, b], [x, y]) => [a + (x - mx) * (y - my), b + (x - mx) ** 2], [0, 0])
  return sxy / sxx
}
