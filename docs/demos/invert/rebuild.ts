// A picture sought by its coefficients, looked at after every iteration.
import { lbfgs } from '@scatterlab/optim'
import { invert, scattering2d } from '@scatterlab/scattering'
import type { Backend, ShapedArray } from '@scatterlab/tensor'
import { type Painted, painted } from '../worker/painted.ts'

/** What is asked for. */
export interface RebuildAsked {
  /** [side, side], from 0 to 1. */
  readonly picture: ShapedArray<Float32Array>
  readonly scales: number
  readonly maxOrder: number
  readonly iterations: number
  readonly seed: number
}

/** After one iteration. */
export interface Iteration {
  readonly iteration: number
  /** ‖S x − S x₀‖/‖S x₀‖. */
  readonly error: number
  readonly psnr: number
  readonly picture: Painted
}

/** At the end. */
export interface Rebuilt {
  readonly iterations: number
  readonly error: number
  readonly psnr: number
  readonly reason: string
  readonly seconds: number
}

/** How many numbers are kept of how many pixels. */
export interface Kept {
  readonly coefficients: number
  readonly pixels: number
}

const ORIENTATIONS = 8

/** 10·log₁₀ of the squared range of the original over the mean squared difference, in dB. */
export function psnr(original: ArrayLike<number>, other: ArrayLike<number>): number {
  let [low, high, squared] = [Infinity, -Infinity, 0]
  for (let i = 0; i < original.length; i++) {
    low = Math.min(low, original[i])
    high = Math.max(high, original[i])
    squared += (original[i] - other[i]) ** 2
  }
  return 10 * Math.log10((high - low) ** 2 / (squared / original.length))
}

/** Runs `invert` from white noise; the picture of each iteration is told. */
export async function rebuild(
  { picture, scales, maxOrder, iterations, seed }: RebuildAsked,
  { backend, signal, tell }: { backend: Backend; signal: AbortSignal; tell: (told: Iteration | Kept) => void },
): Promise<Rebuilt> {
  const start = performance.now()
  const [side] = picture.shape
  const transform = scattering2d({
    shape: [side, side],
    scales,
    orientations: ORIENTATIONS,
    maxOrder,
    padding: 'periodic',
    backend,
  })
  try {
    const target = transform.transform(picture)
    tell({ coefficients: target.data.length, pixels: side * side })
    const found = await invert(target, transform, {
      minimise: lbfgs,
      iterations,
      seed,
      signal,
      onIteration: ({ iteration, error, x }) => {
        const now = x()
        tell({ iteration, error, psnr: psnr(picture.data, now.data), picture: painted(now, 'gray', [0, 1]) })
      },
    })
    return {
      iterations: found.iterations,
      error: found.error,
      psnr: psnr(picture.data, found.x.data),
      reason: found.reason,
      seconds: (performance.now() - start) / 1000,
    }
  } finally {
    transform.dispose()
  }
}
