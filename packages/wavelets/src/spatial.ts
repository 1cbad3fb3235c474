// The Morlet wavelet as kymatio sums it in space: five by five copies of the grid, no more. It differs from the closed form only
// where the envelope is long for the grid, and serves the kymatio convention there.
import { linesDft } from '@scatterlab/tensor'
import { type Box, trim } from './box.ts'
import type { MorletShape } from './morlet.ts'

const COPIES = 2
/** Beyond this exponent the envelope is below double precision. */
const DEEPEST = 40

/** How large the envelope still is, against its peak, where kymatio's sum over copies stops. */
export function spatialTail(height: number, width: number, { sigma, theta, slant }: MorletShape): number {
  const [c, s] = [Math.cos(theta), Math.sin(theta)]
  const alongRows = sigma ** 2 * (c * c + (s / slant) ** 2)
  const alongColumns = sigma ** 2 * (s * s + (c / slant) ** 2)
  return Math.exp(-Math.min((COPIES * height) ** 2 / alongRows, (COPIES * width) ** 2 / alongColumns) / 2)
}

/** The real part of the discrete Fourier transform of the wavelet summed over copies, with π for kymatio's 3.1415. */
export function spatialMorlet(
  height: number,
  width: number,
  shape: MorletShape,
  threshold: number,
  corrected: boolean,
): Box {
  const wave = gabor(height, width, shape)
  if (corrected) {
    const envelope = gabor(height, width, { ...shape, xi: 0 })
    const mass = total(envelope.re)
    const [betaRe, betaIm] = [total(wave.re) / mass, total(wave.im) / mass]
    for (let i = 0; i < envelope.re.length; i++) {
      wave.re[i] -= betaRe * envelope.re[i]
      wave.im[i] -= betaIm * envelope.re[i]
    }
  }
  fourier(height, width, wave)
  const [firstRow, firstColumn] = [-Math.floor(height / 2), -Math.floor(width / 2)]
  const values = new Float64Array(height * width)
  for (let r = 0, at = 0; r < height; r++) {
    const y = (firstRow + r + height) % height
    for (let c = 0; c < width; c++, at++) values[at] = wave.re[y * width + ((firstColumn + c + width) % width)]
  }
  return trim(
    { grid: [height, width], row: firstRow, column: firstColumn, rows: height, columns: width, values },
    threshold,
  )
}

interface Field {
  readonly re: Float64Array
  readonly im: Float64Array
}

function gabor(height: number, width: number, { sigma, xi, theta, slant }: MorletShape): Field {
  const field = { re: new Float64Array(height * width), im: new Float64Array(height * width) }
  const [c, s] = [Math.cos(theta), Math.sin(theta)]
  const half = 1 / (2 * sigma * sigma)
  const a = half * (c * c + (slant * s) ** 2)
  const b = half * c * s * (1 - slant ** 2)
  const d = half * (s * s + (slant * c) ** 2)
  const gain = slant / (2 * Math.PI * sigma * sigma)
  const determinant = a * d - b * b
  const reach = (curvature: number): number => Math.ceil(Math.sqrt((DEEPEST * curvature) / determinant))
  const [reachY, reachX] = [reach(d), reach(a)]
  for (let y = Math.max(-COPIES * height, -reachY); y <= Math.min((COPIES + 1) * height - 1, reachY); y++) {
    const row = (((y % height) + height) % height) * width
    for (let x = Math.max(-COPIES * width, -reachX); x <= Math.min((COPIES + 1) * width - 1, reachX); x++) {
      const envelope = gain * Math.exp(-(a * y * y + 2 * b * y * x + d * x * x))
      const phase = xi * (y * c + x * s)
      const at = row + (((x % width) + width) % width)
      field.re[at] += envelope * Math.cos(phase)
      field.im[at] += envelope * Math.sin(phase)
    }
  }
  return field
}

function fourier(height: number, width: number, { re, im }: Field): void {
  linesDft(height).transform(re, im, -1, width)
  const alongRow = linesDft(width)
  for (let y = 0; y < height; y++) alongRow.transform(re, im, -1, 1, y * width)
}

const total = (values: Float64Array): number => values.reduce((sum, v) => sum + v, 0)
