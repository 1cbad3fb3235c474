// Test oracle: roto-translation scattering of a periodic image of odd sides, averaged over image and turn, by its definition: whole
// spectra by direct sums, dense filters, one angle after the other over the whole turn, nothing subsampled.
import { type AngularBank, type FilterBank2d, toGrid } from '@scatterlab/wavelets'

interface Field {
  readonly re: Float64Array
  readonly im: Float64Array
}

/** The coefficients of one image in the order of the transform. */
export function directRotoTranslation(x: Float64Array, bank: FilterBank2d, angular: AngularBank): number[] {
  const [height, width] = bank.options.shape
  const { scales: J, orientations: L } = bank.options
  const mean = (values: Float64Array): number => values.reduce((a, b) => a + b, 0) / values.length
  const zeros = (): Float64Array => new Float64Array(height * width)
  const psi = (scale: number, direction: number): Float64Array => {
    const grid = toGrid(bank.psi[scale * L + (direction % L)].atLevel(0))
    if (direction % (2 * L) < L) return grid
    return grid.map((_, i) => grid[modulo(-Math.floor(i / width), height) * width + modulo(-(i % width), width)])
  }
  const convolved = (of: Float64Array, filter: Float64Array): Field => {
    const { re, im } = dft2({ re: of, im: zeros() }, height, width, -1)
    const back = dft2({ re: re.map((v, i) => v * filter[i]), im: im.map((v, i) => v * filter[i]) }, height, width, 1)
    return { re: back.re.map((v) => v / of.length), im: back.im.map((v) => v / of.length) }
  }
  /** ⟨|fields ⋆_θ ψ̄|⟩ over the turn, at every point. */
  const alongAngles = (fields: readonly Field[], filter: Float64Array): Float64Array => {
    const turn = 2 * L
    const out = zeros()
    // ψ̄(θ) = (1/2L) Σ_m ψ̂(m) e^{2πimθ/2L}
    const kernel = Array.from({ length: turn }, (_, theta) => {
      let [re, im] = [0, 0]
      filter.forEach((value, m) => {
        re += (value * Math.cos((2 * Math.PI * m * theta) / turn)) / turn
        im += (value * Math.sin((2 * Math.PI * m * theta) / turn)) / turn
      })
      return [re, im]
    })
    for (let theta = 0; theta < turn; theta++) {
      const sum = { re: zeros(), im: zeros() }
      fields.forEach((field, t) => {
        const [re, im] = kernel[modulo(theta - t, turn)]
        for (let i = 0; i < out.length; i++) {
          sum.re[i] += re * field.re[i] - im * field.im[i]
          sum.im[i] += re * field.im[i] + im * field.re[i]
        }
      })
      for (let i = 0; i < out.length; i++) out[i] += Math.hypot(sum.re[i], sum.im[i]) / turn
    }
    return out
  }
  const turn = Array.from({ length: 2 * L }, (_, theta) => theta)
  const bands = [angular.phi, ...angular.psi].map((filter) => toGrid(filter.atLevel(0)))
  const moduli = Array.from({ length: J }, (_, j) =>
    turn.map((theta) => {
      const { re, im } = convolved(x, psi(j, theta))
      return re.map((v, i) => Math.hypot(v, im[i]))
    }),
  )
  const first = moduli.flatMap((ofScale) => {
    const V = ofScale.map((U) => ({ re: zeros().fill(mean(U)), im: zeros() }))
    return [mean(ofScale[0].map((_, i) => mean(Float64Array.from(ofScale, (U) => U[i]))))].concat(
      bands.slice(1).map((filter) => mean(alongAngles(V, filter))),
    )
  })
  const second: number[] = []
  for (let j1 = 0; j1 < J; j1++) {
    for (let j2 = j1 + 1; j2 < J; j2++) {
      for (let l = 0; l < L; l++) {
        const fields = turn.map((theta) => convolved(moduli[j1][theta], psi(j2, theta + l)))
        for (const filter of bands) second.push(mean(alongAngles(fields, filter)))
      }
    }
  }
  return [mean(x), ...first, ...second]
}

function dft2({ re, im }: Field, height: number, width: number, sign: 1 | -1): Field {
  const rows = alongLines({ re, im }, height, width, sign, (line, k) => line * width + k)
  return alongLines(rows, width, height, sign, (line, k) => k * width + line)
}

function alongLines(
  { re, im }: Field,
  lines: number,
  length: number,
  sign: 1 | -1,
  at: (line: number, k: number) => number,
): Field {
  const out = { re: new Float64Array(re.length), im: new Float64Array(re.length) }
  for (let line = 0; line < lines; line++) {
    for (let k = 0; k < length; k++) {
      for (let u = 0; u < length; u++) {
        const angle = (sign * 2 * Math.PI * k * u) / length
        const [c, s] = [Math.cos(angle), Math.sin(angle)]
        out.re[at(line, k)] += c * re[at(line, u)] - s * im[at(line, u)]
        out.im[at(line, k)] += s * re[at(line, u)] + c * im[at(line, u)]
      }
    }
  }
  return out
}

const modulo = (k: number, n: number): number => ((k % n) + n) % n
