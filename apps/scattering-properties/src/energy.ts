// ‖x‖² = Σ_m ‖S_m x‖² under a tight frame, every field on the whole grid: what is lost elsewhere to subsampling, to averages that are
// separable, and to paths that are left out, is not lost here. There are (JL)^m paths of order m, so walkers go down the tree.
import {
  type Backend,
  type Random,
  abs,
  fft2,
  ifft2,
  matmul,
  mul,
  random,
  scope,
  square,
  sum,
  tensor,
} from '@scatterlab/tensor'
import { filterBank2d, tightFrame } from '@scatterlab/wavelets'
import type { ImageSet } from './images.ts'

/** Shares of ‖x‖², means over images and walkers. */
export interface Energies {
  /** Of S_m x = (|…|x ⋆ ψ|…⋆ ψ| ⋆ φ_J) over all paths, m = 0 … maxOrder. */
  readonly orders: readonly number[]
  /** Standard errors of these, from the spread of the walkers of each image. */
  readonly errors: readonly number[]
  /** Of the paths j1 < j2 < … alone. */
  readonly growing: readonly number[]
}

/** Options of `energyByOrder`. */
export interface EnergyOptions {
  readonly scales: number
  readonly orientations: number
  readonly maxOrder: number
  /** Walkers an image. */
  readonly walkers: number
  readonly seed: string
  readonly backend: Backend
  /** Called after each order. */
  readonly onOrder: () => Promise<void>
}

/**
 * The energy of each order. A walker carries w, at first ‖x‖² = 1, and stands at a field U. There ‖U‖² = ‖U ⋆ φ‖² + Σ_λ ‖U ⋆ ψ_λ‖²
 * (`tightFrame`): it leaves w·‖U ⋆ φ‖²/‖U‖² to its order, and goes on with the rest of w to |U ⋆ ψ_λ|, λ drawn by its share. The mean
 * of what walkers leave to order m is Σ_p ‖S[p]x‖² over all paths p of order m.
 */
export async function energyByOrder({ data, shape }: ImageSet, options: EnergyOptions): Promise<Energies> {
  const { scales, orientations, maxOrder, walkers, seed, backend, onOrder } = options
  const [images, side] = shape
  const [points, count] = [side * side, images * walkers]
  const stream: Random = random(seed)
  const frame = tightFrame(filterBank2d({ shape: [side, side], scales, orientations }))
  // energies of real fields see (|ψ̂(ω)|² + |ψ̂(−ω)|²)/2, which |Û|² cannot tell from |ψ̂(ω)|²
  const filters = [frame.phi, ...frame.psi]
  const squares = tensor(
    Float32Array.from(filters.flatMap((f) => Array.from(f, (v) => v * v))),
    [filters.length, points],
    {
      backend,
    },
  )
  const rows = { orders: [] as number[], errors: [] as number[], growing: [] as number[] }
  const [carried, last] = [new Float64Array(count).fill(1), new Int32Array(count).fill(-1)]
  const grows = new Uint8Array(count).fill(1)
  let field = new Float32Array(count * points)
  for (let i = 0; i < count; i++)
    field.set(data.subarray(Math.floor(i / walkers) * points, (Math.floor(i / walkers) + 1) * points), i * points)

  for (let order = 0; order <= maxOrder; order++) {
    const x = tensor(field, [count, side, side], { backend })
    const energies = scope(() => {
      const power = sum(square(fft2(x).asReal()), { axes: [-1] }).reshape(count, points)
      return matmul(power, squares.transpose())
    })
    const shares = Float64Array.from(energies.toTypedArray())
    backend.release(energies.buffer)
    const left = new Float64Array(count)
    const chosen = new Int32Array(count)
    let growing = 0
    for (let i = 0; i < count; i++) {
      const own = shares.subarray(i * filters.length, (i + 1) * filters.length)
      const whole = own.reduce((a, b) => a + b, 0)
      left[i] = whole > 0 ? (carried[i] * own[0]) / whole : 0
      growing += grows[i] ? left[i] / count : 0
      carried[i] -= left[i]
      let at = stream.uniform(0, 1) * (whole - own[0])
      let k = 1
      while (k < filters.length - 1 && (at -= own[k]) > 0) k++
      chosen[i] = k
      const scale = Math.floor((k - 1) / orientations)
      if (scale <= last[i]) grows[i] = 0
      last[i] = scale
    }
    rows.orders.push(left.reduce((a, b) => a + b, 0) / count)
    rows.errors.push(standardError(left, walkers))
    rows.growing.push(growing)
    if (order < maxOrder) {
      const psi = new Float32Array(count * points)
      chosen.forEach((k, i) => psi.set(filters[k], i * points))
      const moduli = scope(() => abs(ifft2(mul(fft2(x), tensor(psi, [count, side, side], { backend })))))
      field = moduli.toTypedArray() as Float32Array<ArrayBuffer>
      backend.release(moduli.buffer)
    }
    backend.release(x.buffer)
    await onOrder()
  }
  backend.release(squares.buffer)
  return rows
}

/** Of the mean over images and walkers, for given images. */
function standardError(values: Float64Array, walkers: number): number {
  const images = values.length / walkers
  let variance = 0
  for (let image = 0; image < images; image++) {
    const own = values.subarray(image * walkers, (image + 1) * walkers)
    const mean = own.reduce((a, b) => a + b, 0) / walkers
    variance += own.reduce((total, v) => total + (v - mean) ** 2, 0) / Math.max(1, walkers - 1) / walkers
  }
  return Math.sqrt(variance) / images
}
