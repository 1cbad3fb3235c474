// The vorticity equation of a fluid on a periodic square with sides of 2π, step by step, on spectra.

import {
  type Backend,
  type RealDType,
  Tensor,
  add,
  complexOf,
  irfft2,
  mul,
  neg,
  onBackend,
  realArray,
  rfft2,
  scope,
  tensor,
} from '@scatterlab/tensor'

/** Where a flow is. */
export interface FlowState {
  /** Time since the start, in the units of the equation. */
  readonly time: number
  /** ½ E|u|². */
  readonly energy: number
  /** ½ E ω². */
  readonly enstrophy: number
}

/** The wave numbers (kx, ky) of element i of a half spectrum [side, half]. */
export function waveNumbers(i: number, side: number, half: number): [kx: number, ky: number] {
  const row = Math.floor(i / half)
  return [i % half, row <= side / 2 ? row : row - side]
}

/** What the solver is made for. */
interface SolverOptions {
  readonly side: number
  readonly viscosity: number
  readonly dtype: RealDType
  readonly backend: Backend
}

/** Steps of the equation, on spectra of the vorticity. */
export interface Solver {
  readonly spectrumOf: (field: Float64Array) => Tensor
  readonly fieldOf: (spectrum: Tensor) => ReturnType<Tensor['read']>
  readonly step: (spectrum: Tensor, by: number) => Tensor
  readonly measure: (spectrum: Tensor) => Promise<Omit<FlowState, 'time'> & { readonly speed: number }>
  readonly dispose: () => void
}

/** Makes the solver. */
export function solver({ side, viscosity, dtype, backend }: SolverOptions): Solver {
  const half = Math.floor(side / 2) + 1
  const held: Tensor[] = []
  const keep = (x: Tensor): Tensor => {
    held.push(x)
    return x
  }
  const resident = (data: Float64Array, shape: readonly number[]): Tensor => {
    const own = realArray(dtype, data.length)
    own.set(data)
    return onBackend(tensor(own, shape), backend)
  }
  const each = (value: (kx: number, ky: number) => number): Float64Array =>
    Float64Array.from({ length: side * half }, (_, i) => value(...waveNumbers(i, side, half)))
  /** Real factors, which outlive the scope that they are made in. */
  const real = (value: (kx: number, ky: number) => number): Tensor => {
    const data = realArray(dtype, 2 * side * half)
    each(value).forEach((v, i) => (data[2 * i] = v))
    const layout = { shape: [side, half], strides: [2 * half, 2], offset: 0, imagStride: 1 }
    return new Tensor(backend, { buffer: backend.adopt(data), dtype: complexOf(dtype), ...layout })
  }

  // u, v, ∂ω/∂x, ∂ω/∂y are ω̂ times an imaginary number each
  const factors = [
    each((kx, ky) => (kx || ky ? ky / (kx * kx + ky * ky) : 0)),
    each((kx, ky) => (kx || ky ? -kx / (kx * kx + ky * ky) : 0)),
    each((kx) => kx),
    each((_, ky) => ky),
  ]
  const interleaved = new Float64Array(2 * 4 * side * half)
  factors.forEach((values, f) => values.forEach((v, i) => (interleaved[2 * (f * side * half + i) + 1] = v)))
  const derivatives = keep(resident(interleaved, [4, side, half, 2]))
  // with the sign of −u·∇ω
  const within = keep(real((kx, ky) => (Math.abs(kx) < side / 3 && Math.abs(ky) < side / 3 ? -1 : 0)))

  const advection = (spectrum: Tensor): Tensor =>
    scope(() => {
      const fields = irfft2(mul(derivatives.asComplex(), spectrum), side)
      const along = mul(fields.slice([0, 2]), fields.slice([2, 4]))
      return mul(rfft2(add(along.slice([0, 1]), along.slice([1, 2])).squeeze(0)), within)
    })

  /** e^(−νk²·by/2) and its square, made where a step has another length than the one before. */
  let decays: { readonly by: number; readonly decay: Tensor; readonly twice: Tensor } | null = null
  function forget(): void {
    if (decays !== null) for (const { buffer } of [decays.decay, decays.twice]) backend.release(buffer)
    decays = null
  }
  function decaysOf(by: number): NonNullable<typeof decays> {
    if (decays?.by === by) return decays
    forget()
    const after = (time: number): Tensor => real((kx, ky) => Math.exp(-viscosity * (kx * kx + ky * ky) * time))
    return (decays = { by, decay: after(by / 2), twice: after(by) })
  }

  async function fieldOf(spectrum: Tensor): ReturnType<Tensor['read']> {
    const field = scope(() => irfft2(spectrum, side))
    const data = await field.read()
    backend.release(field.buffer)
    return data
  }

  return {
    spectrumOf: (field) => scope(() => mul(rfft2(resident(field, [side, side])), neg(within))),
    fieldOf,
    step: (w, by) =>
      scope(() => {
        const { decay, twice } = decaysOf(by)
        const a = advection(w)
        const b = advection(mul(decay, add(w, mul(a, by / 2))))
        const c = advection(add(mul(decay, w), mul(b, by / 2)))
        const d = advection(add(mul(twice, w), mul(mul(decay, c), by)))
        const middle = mul(decay, add(b, c))
        const change = add(add(mul(twice, a), mul(middle, 2)), d)
        return add(mul(twice, w), mul(change, by / 6))
      }),
    async measure(spectrum) {
      const fields = scope(() => irfft2(mul(derivatives.asComplex(), spectrum).slice([0, 2]), side))
      const velocity = await fields.read()
      backend.release(fields.buffer)
      const vorticity = await fieldOf(spectrum)
      const points = side * side
      let [fastest, energy, enstrophy] = [0, 0, 0]
      for (let i = 0; i < points; i++) {
        const square = velocity[i] ** 2 + velocity[points + i] ** 2
        fastest = Math.max(fastest, square)
        energy += square / 2 / points
        enstrophy += vorticity[i] ** 2 / 2 / points
      }
      return { energy, enstrophy, speed: Math.sqrt(fastest) }
    },
    dispose() {
      for (const { buffer } of held.splice(0)) backend.release(buffer)
      forget()
    },
  }
}
