// Test oracle: roto-translation scattering with wavelets along scales, of a periodic image of odd sides, averaged over the image, by its
// definition: convolutions as sums over all pixels, fibres filtered on the torus of angles and scales by direct Fourier sums.
import { type AngularBank, type Box, type FilterBank1d, type FilterBank2d, toGrid } from '@scatterlab/wavelets'

interface Field {
  readonly re: Float64Array
  readonly im: Float64Array
}

/** The mean over the image of a modulus at each of 2L angles, of each scale j1, in order: `[j1][theta]`. */
type MeansAt = readonly Float64Array[]

/** Means of each fibre and band: filters of angles `k` and of scales `s`, −1 the low-passes. */
interface DirectScaleRotation {
  readonly first: (k: number, s: number) => MeansAt
  /** Of one j2 and the orientation l of the second wavelet less that of the first. */
  readonly second: (j2: number, l: number, k: number, s: number) => MeansAt
}

/** The means of a periodic image x, row-major, of odd sides, by banks in space, along angles and along scales. */
export function directScaleRotation(
  x: Float64Array,
  bank: FilterBank2d,
  angular: AngularBank,
  along: FilterBank1d,
): DirectScaleRotation {
  const [height, width] = bank.options.shape
  const { scales: J, orientations: L, scalesPerOctave } = bank.options
  const turn = 2 * L
  const angles = Array.from({ length: turn }, (_, theta) => theta)
  const pixels = height * width

  // ψ on the torus, of all 2L directions: the opposite direction is the conjugate
  const kernels = new Map<string, Field>()
  const psi = (j: number, direction: number): Field => {
    const name = `${j} ${direction % turn}`
    const found = kernels.get(name)
    if (found) return found
    const { re, im } = onTorus(toGrid(bank.psi[j * L + (direction % L)].atLevel(0)), height, width)
    const made = direction % turn < L ? { re, im } : { re, im: im.map((v) => -v) }
    kernels.set(name, made)
    return made
  }
  const convolved = (U: Float64Array, h: Field): Field => {
    const out = { re: new Float64Array(pixels), im: new Float64Array(pixels) }
    for (let y = 0; y < height; y++) {
      for (let u = 0; u < width; u++) {
        for (let v = 0; v < height; v++) {
          for (let w = 0; w < width; w++) {
            const at = ((y - v + height) % height) * width + ((u - w + width) % width)
            out.re[y * width + u] += U[v * width + w] * h.re[at]
            out.im[y * width + u] += U[v * width + w] * h.im[at]
          }
        }
      }
    }
    return out
  }
  const filterOf = (
    list: {
      readonly psi: readonly { atLevel: (level: number) => Box }[]
      readonly phi: { atLevel: (level: number) => Box }
    },
    k: number,
  ) => toGrid((k < 0 ? list.phi : list.psi[k]).atLevel(0))
  const N = along.grid[1]
  /** Moduli of a fibre [j1][theta] of fields, filtered: zeros stand at the other places of the grid of scales. */
  const means = (fields: readonly (readonly Field[])[], k: number, s: number): MeansAt => {
    const n = fields.length
    // the kernel on the torus of scales and angles
    const product = new Float64Array(N * turn)
    const [ofScales, ofAngles] = [filterOf(along, s), filterOf(angular, k)]
    for (let a = 0; a < N; a++) for (let m = 0; m < turn; m++) product[a * turn + m] = ofScales[a] * ofAngles[m]
    const h = onTorus(product, N, turn)
    return fields.map((_, j) =>
      Float64Array.from(angles, (theta) => {
        const size = fields[0][0].re.length
        const [re, im] = [new Float64Array(size), new Float64Array(size)]
        for (let i = 0; i < n; i++) {
          for (const t of angles) {
            const at = ((j - i + N) % N) * turn + ((theta - t + turn) % turn)
            const field = fields[i][t]
            for (let p = 0; p < size; p++) {
              re[p] += h.re[at] * field.re[p] - h.im[at] * field.im[p]
              im[p] += h.re[at] * field.im[p] + h.im[at] * field.re[p]
            }
          }
        }
        return re.reduce((sum, v, p) => sum + Math.hypot(v, im[p]), 0) / size
      }),
    )
  }

  const moduli = Array.from({ length: J }, (_, j) =>
    angles.map((theta) => {
      const { re, im } = convolved(x, psi(j, theta))
      return re.map((v, p) => Math.hypot(v, im[p]))
    }),
  )
  const V = moduli.map((ofScale) =>
    ofScale.map((U) => ({ re: Float64Array.of(U.reduce((a, b) => a + b, 0) / pixels), im: new Float64Array(1) })),
  )
  const fields = new Map<string, Field[][]>()
  const fieldsOf = (j2: number, l: number): Field[][] => {
    const name = `${j2} ${l}`
    const made =
      fields.get(name) ??
      Array.from({ length: j2 - scalesPerOctave + 1 }, (_, j1) =>
        angles.map((theta) => convolved(moduli[j1][theta], psi(j2, theta + l))),
      )
    fields.set(name, made)
    return made
  }
  return {
    first: (k, s) => means(V, k, s),
    second: (j2, l, k, s) => means(fieldsOf(j2, l), k, s),
  }
}

/** The inverse Fourier transform of real numbers on a torus, by its sums. */
function onTorus(fourier: Float64Array, height: number, width: number): Field {
  const out = { re: new Float64Array(fourier.length), im: new Float64Array(fourier.length) }
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let k = 0; k < height; k++) {
        for (let m = 0; m < width; m++) {
          const angle = 2 * Math.PI * ((k * y) / height + (m * x) / width)
          out.re[y * width + x] += (fourier[k * width + m] * Math.cos(angle)) / fourier.length
          out.im[y * width + x] += (fourier[k * width + m] * Math.sin(angle)) / fourier.length
        }
      }
    }
  }
  return out
}
