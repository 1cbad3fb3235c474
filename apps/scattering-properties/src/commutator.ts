// ‖[W, D_τ]‖ = sup ‖W D_τ x − D_τ W x‖/‖x‖ by power iteration, for filters W on the torus, each a convolution, and D_τ exact on it.
import {
  type Backend,
  type Tensor,
  concat,
  fft2,
  ifft2,
  matmul,
  mul,
  random,
  scope,
  square,
  sub,
  sum,
  tensor,
  valueAndGrad,
} from '@scatterlab/tensor'

/** Filters in Fourier, each on the whole grid [side, side]. */
export interface Filters {
  readonly side: number
  readonly grids: readonly Float64Array[]
}

/** x is taken below this frequency, radians per pixel: nearer to π, a dilated wave would be another wave. */
const BAND = (3 * Math.PI) / 4

/** Steps of the power iteration: it ends where the norm changes by less than `change` of itself. */
const STEPS = { least: 8, most: 100, change: 1e-3 }

/** Frequency of an index, radians per pixel. */
export const frequency = (k: number, n: number): number => (2 * Math.PI * (2 * k <= n ? k : k - n)) / n

/**
 * D_τ as a matrix [pixels, pixels]: x(u − τ(u)) of the trigonometric polynomial through x, hence without the blur of an interpolation.
 * `tau` is [2, side, side], in pixels.
 */
export function deformationMatrix(tau: ArrayLike<number>, side: number): Float32Array {
  const points = side * side
  const out = new Float32Array(points * points)
  const [down, right] = [new Float64Array(side), new Float64Array(side)]
  for (let at = 0; at < points; at++) {
    const [row, column] = [Math.floor(at / side), at % side]
    for (let k = 0; k < side; k++) {
      down[k] = dirichlet(row - tau[at] - k, side)
      right[k] = dirichlet(column - tau[points + at] - k, side)
    }
    for (let r = 0; r < side; r++) for (let c = 0; c < side; c++) out[at * points + r * side + c] = down[r] * right[c]
  }
  return out
}

/** The trigonometric polynomial of an even number n of samples that is 1 at 0 and 0 at the others. */
function dirichlet(t: number, n: number): number {
  const tangent = Math.tan((Math.PI * t) / n)
  const whole = Math.round(t)
  if (Math.abs(t - whole) < 1e-9) return whole % n === 0 ? 1 : 0
  return Math.sin(Math.PI * t) / (n * tangent)
}

/** What one power iteration found, and a start for the next. */
export interface Norm {
  readonly norm: number
  readonly x: Float32Array
}

/** The norm of the commutator with the deformation of a matrix, over real x below 3π/4. */
export async function commutatorNorm(
  { side, grids }: Filters,
  deformation: Float32Array,
  options: { readonly backend: Backend; readonly start?: Float32Array; readonly onStep: () => Promise<void> },
): Promise<Norm> {
  const { backend, start, onStep } = options
  const points = side * side
  const D = tensor(deformation, [points, points], { backend })
  const psi = tensor(Float32Array.from(grids.flatMap((grid) => [...grid])), [grids.length, side, side], { backend })
  const low = tensor(
    Float32Array.from({ length: points }, (_, at) =>
      Math.hypot(frequency(Math.floor(at / side), side), frequency(at % side, side)) <= BAND ? 1 : 0,
    ),
    [side, side],
    { backend },
  )
  const parts = (z: Tensor): Tensor => concat([z.real, z.imag], 0).reshape(2 * grids.length, points)
  const W = (x: Tensor): Tensor => parts(ifft2(mul(fft2(x.reshape(1, side, side)), psi)))
  // ‖Cx‖²; its gradient is 2 C*Cx
  const energy = valueAndGrad((x: Tensor): Tensor => {
    const y = ifft2(mul(fft2(x), low)).real.reshape(points, 1)
    const deformed = matmul(D, y).reshape(side, side)
    return sum(square(sub(W(deformed), matmul(W(y), D.transpose()))))
  })
  let x: Float32Array = normalised(start ?? random('start').fillNormal(new Float32Array(points)))
  let norm = 0
  for (let step = 0; step < STEPS.most; step++) {
    const at = tensor(x, [side, side], { backend })
    const found = scope(() => energy(at))
    const before = norm
    norm = Math.sqrt(found.value.item())
    x = normalised(Float32Array.from(found.gradient.toTypedArray()))
    for (const { buffer } of [found.value, found.gradient, at]) backend.release(buffer)
    await onStep()
    if (step + 1 >= STEPS.least && Math.abs(norm - before) <= STEPS.change * norm) break
  }
  for (const { buffer } of [D, psi, low]) backend.release(buffer)
  return { norm, x }
}

function normalised(x: Float32Array): Float32Array {
  const norm = Math.sqrt(x.reduce((total, v) => total + v * v, 0))
  return norm === 0 ? x : x.map((v) => v / norm)
}

/**
 * A windowed Fourier transform as filters of one bandwidth: ψ̂ is cos(πt/2Δ), t the distance from the centre along each axis, up to Δ;
 * centres at multiples of Δ = 2π/`window`, the left half of the plane left to the mirror images. Σ |ψ̂|² = 1 for real x.
 */
export function uniformFilters(side: number, window: number): Filters & { readonly centres: readonly number[] } {
  const delta = (2 * Math.PI) / window
  const bump = (omega: number, centre: number): number => {
    const t = Math.abs(Math.atan2(Math.sin(omega - centre), Math.cos(omega - centre)))
    return t < delta ? Math.cos((Math.PI * t) / (2 * delta)) : 0
  }
  const grids: Float64Array[] = []
  const centres: number[] = []
  for (let right = 0; right <= window / 2; right++) {
    for (let down = 0; down < window; down++) {
      const twice = right > 0 && 2 * right < window ? Math.SQRT2 : 1
      grids.push(
        Float64Array.from(
          { length: side * side },
          (_, at) =>
            twice *
            bump(frequency(Math.floor(at / side), side), down * delta) *
            bump(frequency(at % side, side), right * delta),
        ),
      )
      centres.push(down === 0 ? right * delta : NaN)
    }
  }
  return { side, grids, centres }
}

/** A dilation by 1 + s around the middle that comes to rest at the edges, s·sin(2πu/N)·N/2π along both axes: ‖∇τ‖∞ = s. */
export function localDilation(side: number, strength: number): Float64Array {
  const points = side * side
  const along = (k: number): number =>
    ((strength * side) / (2 * Math.PI)) * Math.sin((2 * Math.PI * (k - side / 2)) / side)
  return Float64Array.from({ length: 2 * points }, (_, at) =>
    along(at < points ? Math.floor(at / side) : (at - points) % side),
  )
}
