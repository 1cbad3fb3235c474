// Textures of mean 0 and variance 1, their Gaussian twins, and images that share their scattering moments.
import { deadLeaves, turbulence2d } from '@scatterlab/datasets'
import { lbfgs } from '@scatterlab/optim'
import { gaussianTwin, moments2d, synthesise } from '@scatterlab/scattering'
import { type Backend, type ShapedArray, scope, tensor } from '@scatterlab/tensor'
import { type Painted, painted } from '../worker/painted.ts'
import type { GeneratedName } from './names.ts'

/** A texture by name. */
export async function textureOf(
  name: GeneratedName,
  side: number,
  seed: number,
  { backend, signal }: { readonly backend: Backend; readonly signal: AbortSignal },
): Promise<ShapedArray<Float32Array>> {
  if (name === 'discs') return standardised(deadLeaves({ shape: [side, side], seed, least: 2 }))
  const { data, shape } = await turbulence2d({ side, time: 8, seed, backend, signal })
  return standardised({ data: Float32Array.from(data), shape })
}

/** The picture with mean 0 and variance 1. Throws for one without contrast. */
export function standardised({ data, shape }: ShapedArray<Float32Array>): ShapedArray<Float32Array> {
  const mean = data.reduce((sum, v) => sum + v, 0) / data.length
  const deviation = Math.sqrt(data.reduce((sum, v) => sum + (v - mean) ** 2, 0) / data.length)
  if (!(deviation > 1e-6)) throw new Error('the picture is of one grey: choose one with something in it')
  return { data: data.map((v) => (v - mean) / deviation), shape }
}

/** What is asked for. */
export interface SynthesisAsked {
  /** [side, side], of mean 0 and variance 1. */
  readonly texture: ShapedArray<Float32Array>
  readonly orientations: number
  readonly maxOrder: number
  readonly iterations: number
  readonly seed: number
}

/** What comes on the way: first what was asked of how many numbers, then an image after each iteration. */
export type SynthesisTold =
  | { readonly kind: 'begun'; readonly twin: Painted; readonly moments: number; readonly twinError: number }
  | { readonly kind: 'iteration'; readonly iteration: number; readonly error: number; readonly picture: Painted }

/** At the end. */
export interface Synthesised {
  readonly iterations: number
  /** Root mean square of the relative errors of the moments. */
  readonly error: number
  readonly seconds: number
}

/** Grey levels from three deviations below the mean to three above. */
export const paintedTexture = (picture: ShapedArray): Painted => painted(picture, 'gray', [-2.5, 2.5])

/** Runs `synthesise` from noise. */
export async function synthesis(
  { texture, orientations, maxOrder, iterations, seed }: SynthesisAsked,
  { backend, signal, tell }: { backend: Backend; signal: AbortSignal; tell: (told: SynthesisTold) => void },
): Promise<Synthesised> {
  const start = performance.now()
  const [side] = texture.shape
  const moments = moments2d({ shape: [side, side], scales: Math.log2(side) - 1, orientations, maxOrder, backend })
  try {
    const target = await moments.transform(texture)
    const twin = gaussianTwin(texture, { seed })
    const ofTwin = await moments.transform({ data: Float32Array.from(twin.data), shape: twin.shape })
    const errorOf = (own: ArrayLike<number>): number => {
      // the mean of a standardised texture is 0
      const relative = Array.from(target.data, (v, p) => (p === 0 ? 0 : (own[p] - v) / v))
      return Math.sqrt(relative.reduce((sum, v) => sum + v * v, 0) / relative.length)
    }
    const errorAt = ({ data, shape }: ShapedArray): number =>
      errorOf(scope(() => moments.apply(tensor(data, shape)).toTypedArray()))
    tell({
      kind: 'begun',
      twin: paintedTexture(twin),
      moments: target.data.length,
      twinError: errorOf(ofTwin.data),
    })
    const found = await synthesise(target, moments, {
      minimise: lbfgs,
      iterations,
      seed,
      signal,
      onIteration: ({ iteration, x }) => {
        const now = x()
        tell({ kind: 'iteration', iteration, error: errorAt(now), picture: paintedTexture(now) })
      },
    })
    return { iterations: found.iterations, error: found.error, seconds: (performance.now() - start) / 1000 }
  } finally {
    moments.dispose()
  }
}
