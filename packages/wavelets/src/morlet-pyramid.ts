// The wavelet transform as a cascade in space: a Gaussian of 7×7 taps that halves the image again and again, and Morlets of 7×7 taps at
// every resolution. Its cost is linear in the number of pixels. The filters that it amounts to are a bank like any other.
import {
  type ArrayInput,
  type Rules,
  type Tensor,
  ValueError,
  checkArgument,
  checkOptions,
  complex,
  differentiable,
  linesDft,
  numberFrom,
  oneOf,
  pad,
  scope,
  tensor,
  unwritten,
  wholeNumber,
  wholeNumbers,
} from '@scatterlab/tensor'
import { conv2d, conv2dInputGradient } from '@scatterlab/tensor/operations'
import type { Box } from './box.ts'
import type { Bank } from './littlewood-paley.ts'
import { checkSignal } from './signal.ts'

/** What a pyramid is made of. */
export interface PyramidOptions {
  /** The sides of the images in pixels. */
  readonly shape: readonly [height: number, width: number]
  /** Number of scales J. */
  readonly scales: number
  /** Number of orientations L in half a turn. Default 8. */
  readonly orientations?: number
  /** Deviation σ of both Gaussians, pixels. Default 0.8. */
  readonly sigma?: number
  /** Centre frequency ξ of the Morlets, radians per pixel. Default 3π/4. */
  readonly xi?: number
  /** Deviation across over along the stripes. Default 4/L. */
  readonly slant?: number
  /** Divisor of the Morlets. `mass`: 2πσ²/slant, an envelope of mass 1. `scatnet`: 2πσ²/slant², as ScatNet's code has it. Default `mass`. */
  readonly normalise?: 'mass' | 'scatnet'
  /** Factor of the image at every halving; ScatNet takes 2, so that an average keeps its energy. Default 1. */
  readonly gain?: number
  /** Beyond the edges: the mirrored image, its end pixel twice, or the image again. Default `symmetric`. */
  readonly edges?: 'symmetric' | 'periodic'
}

/** What a pyramid gives. */
export interface PyramidFields {
  /** d_j = a_j ⋆ g_θ, complex [..., L, ⌈H/2^j⌉, ⌈W/2^j⌉]. */
  readonly details: readonly Tensor[]
  /** a_J, real [..., ⌈H/2^J⌉, ⌈W/2^J⌉]. */
  readonly approximation: Tensor
}

/** A pyramid. As a `Bank` it is its equivalent filters ψ̂_j(ω) = ĝ(2^jω) Π_{k<j} ĥ(2^kω), for periodic edges. */
export interface MorletPyramid extends Bank {
  /** What it was built from, defaults filled in. */
  readonly options: Required<PyramidOptions>
  /** The taps of h, 7×7, row-major, of sum 1. */
  readonly lowPass: Float64Array
  /** The taps of g_θ, θ = tπ/L from the row axis to the column axis. */
  readonly wavelets: readonly {
    /** Real parts of the taps, row-major. */
    readonly re: Float64Array
    /** Imaginary parts. */
    readonly im: Float64Array
  }[]
  /** a_0 = x, a_{j+1} = (a_j ⋆ h) at every second pixel, d_{j,θ} = a_j ⋆ g_θ; recorded on the tape. Throws `ShapeError`, `DTypeError`. */
  readonly analyse: (x: ArrayInput) => PyramidFields
}

const rules: Rules<PyramidOptions> = {
  shape: wholeNumbers(2, 1, 2 ** 14),
  scales: wholeNumber(1, 14),
  orientations: wholeNumber(1, 1024),
  sigma: numberFrom(0.1, 100),
  xi: numberFrom(1e-6, Math.PI),
  slant: numberFrom(1e-2, 100),
  normalise: oneOf('mass', 'scatnet'),
  gain: numberFrom(1e-3, 1e3),
  edges: oneOf('symmetric', 'periodic'),
}

const SIDE = 7
const HALF = 3

/**
 * Builds ScatNet's fast wavelet transform (Bruna & Mallat 2013, section 2.2; ScatNet's `wavelet_2d_pyramid`). Throws `ValueError` for
 * options out of range, naming the fix.
 */
export function morletPyramid(given: PyramidOptions): MorletPyramid {
  const options = complete(given)
  const lowPass = gaussian(options.sigma)
  const wavelets = Array.from({ length: options.orientations }, (_, t) =>
    morlet((t * Math.PI) / options.orientations, options),
  )
  return {
    options,
    lowPass,
    wavelets,
    ...equivalents(options, lowPass, wavelets),
    analyse: (given) => scope(() => cascade(checkSignal(given, options.shape), options, lowPass, wavelets)),
  }
}

type Complete = Required<PyramidOptions>
type Taps = MorletPyramid['wavelets'][number]

function cascade(
  x: Tensor,
  { scales, shape, gain, edges, orientations: L }: Complete,
  lowPass: Float64Array,
  wavelets: readonly Taps[],
): PyramidFields {
  const lead = x.shape.slice(0, -2)
  const kernel = (taps: readonly Float64Array[]): Tensor => {
    const data = new Float64Array(taps.length * SIDE * SIDE)
    // the operation correlates: turned by half a turn, taps convolve
    taps.forEach((of, i) => data.set(of.toReversed(), i * SIDE * SIDE))
    return tensor(data, [taps.length, 1, SIDE, SIDE], { dtype: x.dtype, backend: x.backend })
  }
  const h = kernel([lowPass.map((v) => gain * v)])
  const g = kernel([...wavelets.map(({ re }) => re), ...wavelets.map(({ im }) => im)])
  let a = x.reshape(-1, 1, ...shape)
  const details: Tensor[] = []
  for (let j = 0; j < scales; j++) {
    const framed = pad(a, [HALF, HALF], { mode: edges })
    const parts = convolved(framed, g, 1)
    const [re, im] = [parts.slice(null, [0, L]), parts.slice(null, [L, 2 * L])]
    details.push(complex(re, im).reshape(...lead, L, ...parts.shape.slice(2)))
    a = convolved(framed, h, 2)
  }
  return { details, approximation: a.reshape(...lead, ...a.shape.slice(2)) }
}

/** Images through filters, at every `stride`-th pixel; the filters are fixed. */
function convolved(x: Tensor, weights: Tensor, stride: number): Tensor {
  const sides = x.shape.slice(2).map((n) => Math.floor((n - SIDE) / stride) + 1)
  const out = unwritten([x.shape[0], weights.shape[0], ...sides], x)
  conv2d(x.backend, x, weights, out, { stride })
  return differentiable(out, [
    x,
    (g) => {
      const back = unwritten(x.shape, x)
      conv2dInputGradient(x.backend, g, weights, back, { stride })
      return back
    },
  ])
}

/** e^{−(p² + slant²q²)/2σ²} at the 7×7 places around 0, p across and q along the stripes. */
function envelope(sigma: number, slant: number, theta: number): { e: Float64Array; p: Float64Array } {
  const [c, s] = [Math.cos(theta), Math.sin(theta)]
  const e = new Float64Array(SIDE * SIDE)
  const p = new Float64Array(SIDE * SIDE)
  for (let y = -HALF, at = 0; y <= HALF; y++) {
    for (let x = -HALF; x <= HALF; x++, at++) {
      p[at] = y * c + x * s
      e[at] = Math.exp(-(p[at] ** 2 + (slant * (x * c - y * s)) ** 2) / (2 * sigma ** 2))
    }
  }
  return { e, p }
}

function gaussian(sigma: number): Float64Array {
  const { e } = envelope(sigma, 1, 0)
  const mass = total(e)
  return e.map((v) => v / mass)
}

/** Σg = 0 exactly on the 49 taps. */
function morlet(theta: number, { sigma, xi, slant, normalise }: Complete): Taps {
  const { e, p } = envelope(sigma, slant, theta)
  const wave = e.map((v, i) => v * Math.cos(xi * p[i]))
  const beta = total(wave) / total(e)
  const divisor = (2 * Math.PI * sigma ** 2) / slant ** (normalise === 'mass' ? 1 : 2)
  return {
    re: wave.map((v, i) => (v - beta * e[i]) / divisor),
    im: e.map((v, i) => (v * Math.sin(xi * p[i])) / divisor),
  }
}

const total = (values: Float64Array): number => values.reduce((sum, v) => sum + v, 0)

/** All filters are even or conjugate-even around 0: real in Fourier. */
function equivalents({ shape, scales, gain }: Complete, lowPass: Float64Array, wavelets: readonly Taps[]): Bank {
  const [height, width] = shape
  const memo = new Map<string, Float64Array>()
  const once = (key: string, build: () => Float64Array): Float64Array => {
    const found = memo.get(key) ?? build()
    memo.set(key, found)
    return found
  }
  const zeros = new Float64Array(SIDE * SIDE)
  // Π_{k<j} gain·ĥ(2^kω)
  const low = (j: number): Float64Array =>
    once(`low ${j}`, () => {
      if (j === 0) return new Float64Array(height * width).fill(1)
      const wider = transferAt(shape, { re: lowPass, im: zeros }, 2 ** (j - 1))
      return low(j - 1).map((v, i) => gain * v * wider[i])
    })
  const filter = (values: () => Float64Array): { atLevel: (level: number) => Box } => ({
    atLevel: (level) => {
      checkArgument('level', level, (value) => (value === 0 ? undefined : '0: the pyramid halves by itself'))
      return { grid: shape, row: 0, column: 0, rows: height, columns: width, values: values() }
    },
  })
  const psi = Array.from({ length: scales }, (_, j) =>
    wavelets.map((taps, t) =>
      filter(() =>
        once(`psi ${j} ${t}`, () => {
          const average = low(j)
          return transferAt(shape, taps, 2 ** j).map((v, i) => v * average[i])
        }),
      ),
    ),
  ).flat()
  return { grid: shape, psi, phi: filter(() => low(scales)) }
}

/** The transform of the taps on the grid, at `dilation`·ω: taps so many pixels apart. */
function transferAt([height, width]: readonly [number, number], { re, im }: Taps, dilation: number): Float64Array {
  const field = { re: new Float64Array(height * width), im: new Float64Array(height * width) }
  const place = (n: number, length: number): number => (((n * dilation) % length) + length) % length
  for (let y = -HALF, at = 0; y <= HALF; y++) {
    for (let x = -HALF; x <= HALF; x++, at++) {
      const to = place(y, height) * width + place(x, width)
      field.re[to] += re[at]
      field.im[to] += im[at]
    }
  }
  linesDft(height).transform(field.re, field.im, -1, width)
  const alongRow = linesDft(width)
  for (let y = 0; y < height; y++) alongRow.transform(field.re, field.im, -1, 1, y * width)
  return field.re
}

function complete(given: PyramidOptions): Complete {
  const checked = checkOptions('morletPyramid', given, rules, ['shape', 'scales'])
  const { orientations = 8 } = checked
  const options = {
    orientations,
    sigma: 0.8,
    xi: (3 * Math.PI) / 4,
    slant: 4 / orientations,
    normalise: 'mass' as const,
    gain: 1,
    edges: 'symmetric' as const,
    ...checked,
  }
  const { shape, scales, edges } = options
  for (const length of shape)
    if (edges === 'periodic' && length % 2 ** scales !== 0)
      throw new ValueError(
        `shape is [${shape.join(', ')}]: with periodic edges ${length} must be halved ${scales} times without rest; ` +
          `take a multiple of ${2 ** scales}, or edges 'symmetric'`,
      )
  return options
}
