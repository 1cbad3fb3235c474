// kymatio 0.4's joint time–frequency scattering written from its rules, with filters on whole grids and transforms by direct sums. Means
// over time are taken over the signal.
import {
  type Complex,
  folded,
  forward,
  gaussian,
  inverse,
  product,
  real,
  supportOf,
  wavelets,
} from './direct-signals.test.oracle.ts'

/** What the oracle is told. */
export interface DirectJointOptions {
  readonly J: number
  readonly Q: number
  readonly J_fr: number
  readonly F?: number | 'global' | 'none'
  readonly T?: number | 'global'
}

/** One block: its rows, log-frequencies as they are kept in format `time`, each with its samples. */
export interface DirectBlock {
  readonly order: number
  readonly rows: readonly (readonly number[])[]
}

/** All blocks in kymatio's order: order 0, order 1, order 2. */
export function directJoint(x: Float64Array, { J, Q, J_fr, F, T }: DirectJointOptions): DirectBlock[] {
  const N = x.length
  const width = T === 'global' ? 2 ** Math.ceil(Math.log2(N)) : (T ?? 2 ** J)
  const log2T = Math.floor(Math.log2(width))
  const support = supportOf(gaussian(N, 0, 0.1 / width))
  const padded = 2 ** Math.min(Math.ceil(Math.log2(N + 6 * support)), Math.floor(Math.log2(3 * N - 2)))
  const left = Math.floor((padded - N) / 2)
  const period = 2 * (N - 1)
  const U0 = Float64Array.from({ length: padded }, (_, i) => {
    const at = (((i - left) % period) + period) % period
    return x[at < N ? at : period - at]
  })
  const phi = gaussian(padded, 0, 0.1 / width)
  const level = (j: number): number => (T === 'global' ? j : Math.min(j, log2T))
  const lowPassed = (U: Float64Array, from: number): Float64Array => {
    const smooth = inverse(product(forward(real(U)), folded(phi, from))).re
    return every(smooth, 2 ** (log2T - from))
  }
  const first = Math.ceil(left / 2 ** log2T)
  const count = Math.ceil((left + N) / 2 ** log2T) - first
  const inside = (line: Float64Array): number[] => Array.from(line.subarray(first, first + count))
  const mean = (line: Float64Array): number => line.reduce((a, b) => a + b, 0) / line.length
  const meanOf = (line: Float64Array, at: number): number =>
    mean(line.subarray(Math.ceil(left / 2 ** at), Math.ceil((left + N) / 2 ** at)))

  const bank = wavelets(J, Q)
  const spectrum = forward(real(U0))
  const U1 = bank.map((psi) => {
    const z = inverse(product(spectrum, gaussian(padded, psi.xi, psi.sigma)))
    return every(modulus(z), 2 ** level(psi.j))
  })
  const S1 = U1.map((U, n1) => {
    const at = level(bank[n1].j)
    return T === 'global' ? Float64Array.of(meanOf(U, at)) : lowPassed(U, at)
  })

  const counted = (J + 1) * Q
  const f = F === 'global' ? 2 ** Math.ceil(Math.log2(counted)) : F === 'none' || F === undefined ? 2 ** J_fr : F
  const frequencies = Math.floor((counted + 8 * Math.min(f, 2 ** J_fr)) / 2 ** J_fr) * 2 ** J_fr
  const log2F = Math.floor(Math.log2(f))
  const low = gaussian(frequencies, 0, 0.1 / f)
  const along = wavelets(J_fr, 1)
  const filters = [
    { xi: 0, sigma: 0.1 / 2 ** J_fr, j: J_fr },
    ...along,
    ...along.map((psi) => ({ ...psi, xi: -psi.xi })),
  ].map((psi) => ({
    ...psi,
    values: gaussian(frequencies, psi.xi, psi.sigma),
  }))
  const isWindow = F !== 'global' && F !== 'none'

  /** |rows ⋆ ψ_fr| along log-frequency, averaged in time by `inTime`, then along log-frequency. */
  const block = (
    order: number,
    rows: readonly Complex[],
    psi: (typeof filters)[0],
    inTime: (line: Float64Array) => Float64Array,
  ): DirectBlock => {
    const columns = rows[0].re.length
    const stride = 2 ** (isWindow ? Math.min(psi.j, log2F) : psi.j)
    const moduli: Float64Array[] = Array.from({ length: frequencies / stride }, () => new Float64Array(columns))
    for (let t = 0; t < columns; t++) {
      const fibre = { re: new Float64Array(frequencies), im: new Float64Array(frequencies) }
      rows.forEach(({ re, im }, n1) => ([fibre.re[n1], fibre.im[n1]] = [re[t], im[t]]))
      every(modulus(inverse(product(forward(fibre), psi.values))), stride).forEach((v, i) => (moduli[i][t] = v))
    }
    const averaged = moduli.map(inTime)
    if (psi.xi === 0 || F === 'none')
      return { order, rows: averaged.slice(0, Math.ceil(rows.length / stride)).map((row) => Array.from(row)) }
    const samples = averaged[0].length
    const columnOf = (t: number): Float64Array => Float64Array.from(averaged, (row) => row[t])
    if (F === 'global') return { order, rows: [Array.from({ length: samples }, (_, t) => mean(columnOf(t)))] }
    const kept = Math.ceil(rows.length / 2 ** log2F)
    const smooth = Array.from({ length: samples }, (_, t) =>
      every(inverse(product(forward(real(columnOf(t))), folded(low, Math.log2(stride)))).re, 2 ** log2F / stride),
    )
    return { order, rows: Array.from({ length: kept }, (_, row) => smooth.map((column) => column[row])) }
  }

  const asRow = (line: Float64Array): number[] => (T === 'global' ? Array.from(line) : inside(line))
  const blocks: DirectBlock[] = [{ order: 0, rows: [T === 'global' ? [meanOf(U0, 0)] : inside(lowPassed(U0, 0))] }]
  for (const psi of filters)
    if (psi.xi >= 0) blocks.push(block(1, S1.map(real), psi, (line) => Float64Array.from(asRow(line))))
  for (const psi2 of wavelets(J, 1)) {
    const rows = U1.flatMap((U, n1) => {
      if (bank[n1].j >= psi2.j) return []
      const from = level(bank[n1].j)
      const z = inverse(product(forward(real(U)), folded(gaussian(padded, psi2.xi, psi2.sigma), from)))
      const step = 2 ** (level(psi2.j) - from)
      return [{ re: every(z.re, step), im: every(z.im, step) }]
    })
    if (rows.length === 0) continue
    for (const psi of filters)
      blocks.push(
        block(2, rows, psi, (line) =>
          Float64Array.from(T === 'global' ? [meanOf(line, level(psi2.j))] : inside(lowPassed(line, level(psi2.j)))),
        ),
      )
  }
  return blocks
}

const every = (line: Float64Array, step: number): Float64Array => line.filter((_, i) => i % step === 0)
const modulus = ({ re, im }: Complex): Float64Array => re.map((v, i) => Math.hypot(v, im[i]))
